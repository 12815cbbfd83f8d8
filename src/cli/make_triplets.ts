import {
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from "@commander-js/extra-typings";
import { paperTripletCounts, type TripletCounts } from "../sets/make/set_plan.ts";
import type { NotionReport, SetReport } from "../sets/make/set_report.ts";
import { samplings } from "../sets/attribute.ts";
import { type Fit, fitForms, parseFit } from "../images/fit.ts";
import { splits } from "../sets/image_set.ts";
import { makeTriplets } from "../sets/make/make_triplets.ts";
import { readRules } from "../sets/make/notions/read_rules.ts";
import { describeRule } from "../sets/make/notions/rule.ts";
import { defaultShares, type SplitShares } from "../sets/split_images.ts";
import { commandWords } from "./command_words.ts";
import { table } from "./format.ts";
import { folderName, wholeNumber } from "./options.ts";
import { summaryText } from "./set_summary_text.ts";
import { typedNotions } from "./typed_notions.ts";
import { isAbsolute, relative } from "../files/paths.ts";
import { dataPath, setWord, shownPath, userPath } from "./paths.ts";
import { runStoppable } from "./run_stoppable.ts";
import { withTableOptions } from "./table_options.ts";
import { terminalListener } from "./terminal.ts";

/** `make-triplets`: an image set from a folder of images and a table of their attributes. */
export function makeTripletsCommand(): CommandUnknownOpts {
  return withTableOptions(
    new Command("make-triplets")
      .description("make an image set from a folder of images and a table of their attributes")
      .option("--images <dir>", "folder that the table's paths count from")
      .option(
        "--attributes <file>",
        "table, a row an image: .csv, .tsv, .xlsx, .jsonl, .json, .parquet",
      )
      .requiredOption("--out <set>", "set to make: a name in data/, or a folder")
      .option(
        "--notion <column...>",
        "columns that are notions; COLUMN:TYPE says the type (categorical, multi, ordinal, numeric), which is guessed and shown otherwise",
      )
      .option("--rules <file>", "JSON file with rules by column; see docs/sets.md")
      .option("--folders <notion>", "the names of the folders are this notion's values")
      .option(
        "--group-column <column>",
        "column of groups: all images of one group go to the same split",
      )
      .option("--split-column <column>", "column of given splits: train, val, test or 0, 1, 2"),
  )
    .addOption(
      new Option(
        "--shares <train,val,test>",
        `sizes of the splits, where none are given (default: ${Object.values(defaultShares)})`,
      ).argParser(threeNumbers),
    )
    .addOption(
      new Option("--triplets <train,val,test>", "triplets of each notion")
        .argParser(tripletCounts)
        .default(paperTripletCounts, Object.values(paperTripletCounts).join()),
    )
    .addOption(
      new Option("--sampling <way>", "each value equally often, or every triplet equally likely")
        .choices(samplings).default("balanced" as const),
    )
    .option("--min-images <n>", "leave out values that fewer images have", wholeNumber(1), 2)
    .option("--seed <n>", "seed of splits and triplets", wholeNumber(0), 1)
    .option("--name <name>", "the set's name (default: its folder's)", folderName)
    .option("--no-flip", "a mirror image does not mean the same: train without mirroring")
    .addOption(
      new Option(
        "--fit <way>",
        'how an image becomes a square: "crop" its middle, or "pad" it with white ("pad:#rrggbb": with that colour)',
      ).argParser(fitOption).default("crop" as Fit),
    )
    .option(
      "--copy",
      "copy the images into the set; images that stand in a Parquet table are unpacked",
    )
    .option("--yes", "take guesses that may well be wrong")
    .option("--allow-missing", "go on when more than 1 % of the images are missing")
    .option(
      "--overwrite",
      "replace the image set in that folder, and nothing that csn did not make",
    )
    .option("--json", "print the report as one JSON object")
    .option("--verbose", "show where an error came from")
    .action(async ({ json, notion, rules, out, images, attributes, yes, ...options }) => {
      const folder = dataPath(out);
      using listener = terminalListener();
      const stopped = `no set was made in ${shownPath(folder)}; the same command begins again`;
      await runStoppable(listener, stopped, async (signal) => {
        const report = await makeTriplets(folder, {
          ...options,
          // A relative path stays one, of the folder that this process stands in.
          images: images === undefined || isAbsolute(images)
            ? images
            : relative(Deno.cwd(), userPath(images)) || ".",
          attributes: attributes === undefined ? undefined : userPath(attributes),
          ...typedNotions(notion, rules === undefined ? {} : await readRules(userPath(rules))),
          acceptGuesses: yes,
          madeFrom: rules === undefined ? [] : [userPath(rules)],
          listener,
          signal,
          // With --json standard output has one object alone, and warnings go to standard error.
          onSummary: json
            ? undefined
            : (summary) => listener.line(summaryText(summary, attributes ?? images ?? "")),
        });
        if (json) {
          const warnings = report.warnings.map(commandWords);
          return console.log(JSON.stringify({ ...report, warnings }));
        }
        listener.line(reportText(report));
        listener.line(
          `\n${shownPath(folder)}: ${report.images} images; all of this is in set.json`,
        );
        listener.line(
          `next: deno task audit ${setWord(out)}, then deno task train --data ${
            setWord(out)
          } --learned`,
        );
      });
    });
}

function fitOption(text: string): Fit {
  const fit = parseFit(text);
  if (fit === null) throw new InvalidArgumentError(`It must be ${fitForms}.`);
  return fit;
}

/** The tables that `make-triplets` prints at its end. */
export function reportText(report: SetReport): string {
  return [
    table(
      ["notion", "type", ...splits],
      report.notions.map(({ name, rule, triplets }) => [
        name,
        rule.type,
        ...splits.map((split) => String(triplets[split])),
      ]),
    ),
    "",
    ...report.notions.map(ruleLine),
    ...correlationLines(report),
  ].join("\n");
}

/** What counts as alike and unlike, and what of it was guessed. */
function ruleLine({ name, column, rule, guessed }: NotionReport): string {
  const from = name === column ? "" : ` (column "${column}")`;
  const guess = guessed.length === 0 ? "" : `; guessed: ${guessed.join(", ")}, set it with --rules`;
  return `${name}${from}: ${describeRule(rule)}${guess}`;
}

function correlationLines({ correlations }: SetReport): string[] {
  if (correlations.length === 0) return [];
  const rows = correlations.map(({ notions, measure, value, images }) => [
    notions.join(" and "),
    measure,
    Number.isFinite(value) ? value.toFixed(3) : "-",
    String(images),
  ]);
  return [
    "",
    "how much one notion says about another, 0 to 1:",
    table(["notions", "measure", "value", "images"], rows),
  ];
}

/** Parses "a,b,c", whole numbers above 0. */
export function tripletCounts(text: string): TripletCounts {
  const counts = threeNumbers(text);
  if (!Object.values(counts).every(Number.isSafeInteger)) {
    throw new InvalidArgumentError(
      "It must be three whole numbers above 0: train,val,test, such as 20000,2000,4000.",
    );
  }
  return counts;
}

function threeNumbers(text: string): SplitShares {
  const numbers = text.split(",").map(Number);
  if (numbers.length !== 3 || !numbers.every((number) => number > 0 && number < Infinity)) {
    throw new InvalidArgumentError("It must be three numbers above 0: train,val,test.");
  }
  const [train, val, test] = numbers;
  return { train, val, test };
}
