import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { csvLine } from "../files/csv_line.ts";
import { type AuditReport, auditSet, type Finding } from "../sets/audit/audit_set.ts";
import { type ImageSet, openImageSet, type Split, splits } from "../sets/image_set.ts";
import { tripletListPath } from "../sets/triplet_list.ts";
import { commandWords } from "./command_words.ts";
import { examineOutput } from "../files/output_file.ts";
import { relative } from "../files/paths.ts";
import { readModelFile } from "../model/model_file.ts";
import { findSuspects, type Suspect } from "../model/suspects.ts";
import { writeWhole } from "../files/write_whole.ts";
import { table } from "./format.ts";
import { packDirOption, threadsOption, wholeNumber } from "./options.ts";
import { dataPath, setWord, shownPath, userPath } from "./paths.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** `audit`: what in a set's triplet lists and pictures would spoil a result. */
export function auditCommand(): CommandUnknownOpts {
  return new Command("audit")
    .description("examine a set's triplet lists and pictures for what would spoil a result")
    .argument("<set>", "image set: a name in data/, or a folder")
    .option("--csv <file>", "write every line and image that something is found of")
    .option("--overwrite", "with --csv: replace that file, even if csn did not write it")
    .option("--json", "print one JSON object")
    .option("--no-pictures", "do not examine the pictures")
    .option("--resume <model>", "list the triplets that this model gets wrong by most")
    .option("--suspects <n>", "the most of them, of each notion and split", wholeNumber(1), 10)
    .addOption(
      new Option("--split <split...>", "which lists they are looked for in").choices(splits)
        .default([...splits], "all"),
    )
    .addOption(packDirOption)
    .addOption(threadsOption)
    .option("--verbose", "show where an error came from")
    .addHelpText(
      "after",
      "\nExit code 1 when something would spoil a result: bad lines, an image or its exact copy in several\nsplits, contradictions (of lines, or with the set's values) in more than 0.1 % of a list, far and near\nexchanged; or when something could not be examined, such as pictures that are not there.",
    )
    .action(async (given, flags) => {
      if (flags.csv !== undefined) {
        await examineOutput(userPath(flags.csv), {
          failing: "Cannot write findings to",
          option: "csv",
          overwrite: flags.overwrite,
          isOwn: (head) => head.startsWith(csvHead),
        });
      }
      const set = await openImageSet(dataPath(given));
      using listener = terminalListener();
      const stopped =
        "there is no verdict; pictures that were decoded are kept, and the same command goes on";
      await runStoppable(listener, stopped, async (signal) => {
        const { report: found, findings } = await auditSet(set, {
          pictures: flags.pictures,
          packDir: flags.packDir,
          listener,
          signal,
        });
        const report = {
          ...found,
          problems: found.problems.map(commandWords),
          notExamined: found.notExamined.map(commandWords),
        };
        const suspects = flags.resume === undefined ? null : await suspectsOf(set, report, {
          resume: flags.resume,
          most: flags.suspects,
          splits: flags.split as Split[],
          threads: flags.threads,
          packDir: flags.packDir,
          signal,
        });
        if (flags.csv !== undefined) {
          await writeWhole(
            userPath(flags.csv),
            csvText(set, [...findings, ...suspectFindings(set, suspects ?? [])]),
          );
        }
        if (flags.json) console.log(JSON.stringify({ ...report, ...(suspects && { suspects }) }));
        else {
          console.log(auditText(report, given));
          if (suspects !== null) console.log(suspectsText(suspects));
          if (flags.csv !== undefined) console.log(`written: ${shownPath(userPath(flags.csv))}`);
        }
        if (!report.ok) Deno.exitCode = 1;
      });
    });
}

async function suspectsOf(
  set: ImageSet,
  report: AuditReport,
  flags: {
    resume: string;
    most: number;
    splits: readonly Split[];
    threads?: number;
    packDir?: string;
    signal: AbortSignal;
  },
): Promise<Suspect[]> {
  const file = await readModelFile(userPath(flags.resume));
  await startNative(flags);
  using listener = terminalListener();
  const isBad = report.notions.some(({ name, malformed, outOfRange, missing }) =>
    file.info.notions.includes(name) && (malformed + outOfRange > 0 || missing)
  );
  if (isBad) {
    listener.warning("no suspects are looked for: first mend the lists that training refuses");
    return [];
  }
  return await findSuspects(file, { ...flags, data: set.folder, listener });
}

/** The tables that `audit` prints, and its verdict. */
export function auditText(report: AuditReport, set: string): string {
  const headers = [
    "notion",
    "split",
    "triplets",
    "images",
    "malformed",
    "out of range",
    "equal members",
    "duplicates",
    "contradictions",
    "cycles",
    "hubs",
    "against values",
  ];
  const rows = report.notions.map((list) =>
    [
      list.name,
      list.split,
      list.triplets,
      list.images,
      list.malformed,
      list.outOfRange,
      list.equalMembers,
      list.duplicates,
      list.contradictions,
      list.cycles,
      list.hubs,
      list.valueContradictions ?? "no values",
    ].map(String)
  );
  const count = (value: number | null) => value === null ? "not examined" : String(value);
  return [
    table(headers, rows),
    "",
    table(["images", "found"], [
      ["in the set", String(report.images)],
      ["in no triplet", String(report.unlinkedImages)],
      ["not on the disk", count(report.missingImages)],
      ["not readable", count(report.unreadableImages)],
      ["in several splits", String(report.imagesInSeveralSplits)],
      ["the same to the byte as one of another split", count(report.identicalAcrossSplits)],
      ["nearly the same as one of another split", count(report.nearDuplicates)],
    ]),
    "",
    ...verdict(report, set),
  ].join("\n");
}

function verdict(report: AuditReport, set: string): string[] {
  const { ok, problems, notExamined, missingImages } = report;
  if (ok) {
    const nothing = "ok: nothing was found that would spoil a result";
    return [missingImages === null ? `${nothing}; pictures were not examined` : nothing];
  }
  return [
    ...listed("not ok: this would spoil a result:", problems),
    ...problems.length === 0 ? [] : [
      `each line and image: deno task audit ${
        setWord(set)
      } --csv FILE; lists without such faults: deno task make-triplets --help`,
    ],
    ...listed("not examined:", notExamined),
    ...notExamined.length === 0 ? [] : [
      "not all was examined, so this is no ok; mend that, or pass --no-pictures to leave pictures out",
    ],
  ];
}

function listed(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`)];
}

function suspectsText(suspects: readonly Suspect[]): string {
  const rows = suspects.map(({ notion, split, line, files, wrongBy }) => [
    notion,
    split,
    String(line),
    wrongBy.toFixed(3),
    ...files,
  ]);
  return "\n" +
    (rows.length === 0
      ? "no triplet is in the wrong order"
      : `triplets that the model gets wrong by most:\n` +
        table(["notion", "split", "line", "wrong by", "anchor", "far", "near"], rows));
}

function suspectFindings(set: ImageSet, suspects: readonly Suspect[]): Finding[] {
  return suspects.map(({ notion, split, line, images, wrongBy }) => ({
    kind: "suspect",
    file: relative(set.folder, tripletListPath(set.folder, { notion, split })),
    line,
    images,
    detail: `near is ${wrongBy.toPrecision(6)} farther than far`,
  }));
}

/** By its first line a table of findings is known. */
const csvHead = csvLine([
  "kind",
  "file",
  "line",
  "anchor or image",
  "far or other",
  "near",
  "path",
  "detail",
]);

function csvText(set: ImageSet, findings: readonly Finding[]): string {
  const rows = findings.map(({ kind, file, line, images, detail }) =>
    csvLine([
      kind,
      file,
      line === 0 ? "" : String(line),
      ...[0, 1, 2].map((place) => images[place] === undefined ? "" : String(images[place])),
      images.length === 0 ? "" : set.imageFiles[images[0]],
      detail,
    ])
  );
  return csvHead + rows.join("");
}
