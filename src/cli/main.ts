/** The command line of csn: `deno run src/cli/main.ts <command>`; `deno task <command>` is its short form. */
import { Command } from "@commander-js/extra-typings";
import { runCommand } from "./run_command.ts";

const program = new Command("csn")
  .description("Conditional Similarity Networks: embed an image once, compare it by notion.");

await runCommand(program, Deno.args);
