/**
 * The command line of csn: `deno run src/cli/main.ts <command>`; `deno task <command>` is its short
 * form.
 */
import { Command } from "@commander-js/extra-typings";
import { version } from "../base/version.ts";
import { commandsFor } from "./commands.ts";
import { runCommand } from "./run_command.ts";

const program = new Command("csn")
  .description("Conditional Similarity Networks: embed an image once, compare it by notion.")
  .version(version);
for (const command of await commandsFor(Deno.args)) program.addCommand(command);

await runCommand(program, Deno.args);
