import { CommanderError } from "commander";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { CsnError } from "../base/errors.ts";
import { speakFor } from "./command_words.ts";
import { failureLine } from "./failure_line.ts";
import { withDashes } from "./options.ts";
import { refuseSeveral } from "./processes/refuse_several.ts";
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
    refuseSeveral(command, (name) => Deno.env.get(name));
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
    console.error(failureLine(error, verbose));
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
