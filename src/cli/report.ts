import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { makeReport } from "../report/make_report.ts";
import type { TableOptions } from "../sets/make/table/table.ts";
import type { ProbeTable } from "../analysis/probe_column.ts";
import { UsageError } from "../base/errors.ts";
import { readModelFile } from "../model/model_file.ts";
import {
  evaluationOf,
  splitOption,
  withEvaluatedOptions,
  withEvaluationOptions,
} from "./evaluation_options.ts";
import { commandLine } from "./experiment_options.ts";
import { bytes } from "./format.ts";
import { wholeNumber } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { withTableOptions } from "./table_options.ts";
import { terminalListener } from "./terminal.ts";

/** `report`: what a model learned, as one HTML page. */
export function reportCommand(): CommandUnknownOpts {
  const command = new Command("report")
    .description("write what a model learned as one HTML page, with its charts and pictures");
  return withEvaluationOptions(
    withTableOptions(
      withEvaluatedOptions(command)
        .addOption(splitOption("whose images and triplets", "test"))
        .option(
          "--out <file>",
          "the page, which ends in .html; its parts go into a folder of that name (default: report.html beside the model)",
        )
        .option("--overwrite", "replace that page and its parts, even if csn did not write them")
        .option(
          "--compare <folder>",
          "show the compare.json there (default: that of the experiment the model belongs to)",
        )
        .option(
          "--sweep <folder>",
          "show the sweep.json there (default: that of the experiment the model belongs to)",
        )
        .option("--values <file>", "table of what is known of the images, for --probe")
        .option(
          "--probe <columns...>",
          "columns of that table that were no notion: how well a linear classifier predicts them",
        ),
    )
      .option(
        "--seed <n>",
        "decides which images are shown and where layouts begin (default: the seed of the model's run)",
        wholeNumber(0),
      ),
  )
    .action(async (flags) => {
      const probe = probeTable(flags);
      const file = await readModelFile(userPath(flags.resume));
      await startNative(flags);
      using listener = terminalListener();
      const stopped =
        "no page was written; maps that were laid out are kept, and the same command goes on";
      await runStoppable(listener, stopped, async (signal) => {
        const report = await makeReport(file, {
          ...evaluationOf(flags, listener, signal),
          out: optionalPath(flags.out),
          overwrite: flags.overwrite,
          compare: optionalPath(flags.compare),
          sweep: optionalPath(flags.sweep),
          probe,
          seed: flags.seed,
          command: commandLine(Deno.args),
        });
        if (flags.json) console.log(JSON.stringify(report));
        else {
          console.log(`written: ${shownPath(report.page)} (${bytes(report.bytes)})`);
          console.log(`its charts, pictures and numbers: ${shownPath(report.parts)}/`);
        }
      });
    });
}

function optionalPath(path: string | undefined): string | undefined {
  return path === undefined ? undefined : userPath(path);
}

function probeTable(
  { values, probe, imageColumn, columns, delimiter, encoding, sheet, skipBadLines }:
    & { values?: string; probe?: string[]; imageColumn?: string }
    & TableOptions,
): ProbeTable | undefined {
  if (values !== undefined && probe !== undefined) {
    const options = { columns, delimiter, encoding, sheet, skipBadLines };
    return { file: userPath(values), columns: probe, imageColumn, options };
  }
  if (values === undefined && probe === undefined) return undefined;
  throw new UsageError(
    "--values and --probe belong together: a table, and the columns of it to predict",
  );
}
