/**
 * `deno task coverage [--replicates N]`: whether 95 % intervals hold what is true 95 of 100 times,
 * in worlds where that is known. Each row is printed as soon as it is measured, so a study that is
 * interrupted leaves what it found.
 */
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../../src/base/errors.ts";
import { wholeNumber } from "../../src/cli/options.ts";
import { dataPath } from "../../src/cli/paths.ts";
import { runCommand } from "../../src/cli/run_command.ts";
import { onlyOf, partsOf } from "./parts.ts";
import { printPart } from "./print_part.ts";
import { setGraphs } from "./set_graphs.ts";

const program = new Command("coverage")
  .description("whether 95 % intervals hold what is true 95 of 100 times, in worlds of known truth")
  .option(
    "--replicates <n>",
    "worlds that each setting is tried in; half as many of those that take long",
    wholeNumber(1),
    400,
  )
  .option("--data <set>", "also on the test triplets of this image set")
  .option("--only <texts...>", "the tables and rows that have one of these in their name")
  .option("--verbose", "show where an error came from")
  .action(async ({ replicates, data, only }) => {
    const set = data === undefined
      ? undefined
      : { name: data, graphs: await setGraphs(dataPath(data)) };
    const all = partsOf(set);
    const parts = only === undefined ? all : onlyOf(all, only);
    if (parts.length === 0) {
      throw new UsageError(
        `Cannot choose what to study: no table or row has ${only!.join(" or ")} in its name;` +
          ` tables are ${all.map(({ title }) => `"${title}"`).join(", ")}`,
      );
    }
    for (const part of parts) printPart(part, replicates, console.log);
  });

await runCommand(program, Deno.args);
