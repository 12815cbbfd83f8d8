import { CommanderError } from "commander";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { CsnError } from "../base/errors.ts";
import { commandWords, speakFor } from "./command_words.ts";
import { withDashes } from "./options.ts";
import { StoppedError } from "./stopped_error.ts";
import { surviveFileLimit } from "./survive_file_limit.ts";

/**
 * Parses `args`, runs the command they name and turns every failure into one line on standard error
 * and an exit code: 2 for wrong usage, 1 for the rest, 129, 130 or 143 when a signal ended it.
 */
export async function runCommand(
  program: CommandUnknownOpts,
  args: readonly string[],
): Promise<void> {
  const verbose = args.includes("--verbose");
  explainFailures(program);
  program.hook("preAction", (_, command) => {
    speakFor(command);
    surviveFileLimit();
  });
  try {
    await program.parseAsync(withDashes(args), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its own line already; --help and --version end here with code 0.
      Deno.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    console.error(describe(error, verbose));
    Deno.exitCode = error instanceof CsnError ? error.exitCode : 1;
  }
}

/** Commander must throw instead of leaving the process, and say what is wrong in one line. */
function explainFailures(command: CommandUnknownOpts): void {
  command.exitOverride().showHelpAfterError(false).configureOutput({
    outputError: (text, write) => write(`${text.trim().replaceAll("\n", " ")}\n`),
  });
  for (const child of command.commands) explainFailures(child);
}

function describe(error: unknown, verbose: boolean): string {
  if (error instanceof StoppedError) return `Stopped: ${error.message}`;
  if (!(error instanceof Error)) return `error: ${error}`;
  if (verbose) return `error: ${commandWords(error.stack ?? error.message)}`;
  if (error instanceof CsnError) return `error: ${commandWords(error.message)}`;
  return `error: ${error.message} (unexpected; --verbose shows where)`;
}
