import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../../base/errors.ts";

/** Commands that only ask, which every process of a launcher may do for itself. */
const asking: ReadonlySet<string> = new Set(["doctor", "query", "serve", "setup"]);

/**
 * Refuses a command under a launcher of several processes where each of them would do the whole
 * work, and write the same files: every command that can neither share its work, by --processes, nor
 * only asks.
 */
export function refuseSeveral(
  command: CommandUnknownOpts,
  env: (name: string) => string | undefined,
): void {
  const names = namesOf(command);
  const isShared = command.options.some(({ long }) => long === "--processes");
  const [rank, world] = [env("RANK"), env("WORLD_SIZE")];
  if (isShared || asking.has(names[0]) || !rank || !(Number(world) > 1)) return;
  throw new UsageError(
    `Cannot do the work of ${
      names.join(" ")
    } in several processes (by RANK and WORLD_SIZE this is ` +
      `rank ${rank} of ${world}): it is that of one; start it without the launcher, or unset these ` +
      "variables",
  );
}

/** A command's name, behind those of the commands that it belongs to, without the program's. */
function namesOf(command: CommandUnknownOpts): string[] {
  const { parent } = command;
  return parent === null ? [] : [...namesOf(parent), command.name()];
}
