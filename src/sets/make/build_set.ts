import { sha256OfFile } from "../../files/sha256.ts";
import { CsnError } from "../../base/errors.ts";
import type { Listener } from "../../base/listener.ts";
import { basename, join } from "../../files/paths.ts";
import { streamFor } from "../../base/random.ts";
import { csvLine } from "../../files/csv_line.ts";
import { groupHeader } from "../image_groups.ts";
import { drawTriplets } from "./draw_triplets.ts";
import { warnOfSplitGroups } from "./given_splits.ts";
import { type Split, splits } from "../image_set.ts";
import { attributeOf, type NotionValues } from "./notions/attribute_of.ts";
import { correlations } from "./notions/correlation.ts";
import type { ReadNotion } from "./notions/read_notion.ts";
import { Remarks } from "./remarks.ts";
import { notionsOf } from "./set_notions.ts";
import {
  assertPlan,
  paperTripletCounts,
  type SetFace,
  type SetPlan,
  sourceOf,
  type TripletCounts,
} from "./set_plan.ts";
import { notionSummary, remarkOnGroups, remarkOnShares, remarkOnValues } from "./set_summary.ts";
import { fewestImages, noTriplet } from "./no_triplet.ts";
import type { SetReport, SetSummary } from "./set_report.ts";
import { readPlanned } from "./planned_table.ts";
import { type ImageRows, rowsWithImages } from "./set_rows.ts";
import {
  defaultShares,
  givenParts,
  splitGroups,
  type SplitImages,
  splitImages,
} from "../split_images.ts";
import type { UnpackedImages } from "./unpack_images.ts";
import { tripletListPath, writeTripletList } from "../triplet_list.ts";

/** What a build is followed with. */
export interface BuildSetOptions {
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
  /**
   * Called with what the set will be and all warnings, before any triplet is drawn. Without it the
   * listener receives the warnings.
   */
  readonly onSummary?: (summary: SetSummary) => void;
  /** The table's images, where they stood in it and were unpacked into the plan's folder. */
  readonly unpacked?: UnpackedImages;
  /**
   * Whether the images are split. If not, each split has them all: nothing is trained and tested.
   * @default {true}
   */
  readonly isSplit?: boolean;
}

/**
 * Builds an image set in the reference code's layout in `folder`, which must be there:
 * `filenames.json`, `tripletlists/`, `attributes.csv` (a line an image: what each notion says of
 * it, and its split) and, last, `set.json` with all that is needed to build it again to the byte.
 *
 * Throws a CsnError that names file, row and column for a table that cannot be used, and a
 * UsageError for options that cannot be right.
 */
export async function buildSet(
  folder: string,
  given: SetPlan,
  face: SetFace,
  options: BuildSetOptions = {},
): Promise<SetReport> {
  const { plan, found, parts, values, summary } = await examinePlan(given, options);
  const { files } = found;
  const triplets = await writeLists(folder, plan, values, parts, options);
  const report: SetReport = {
    ...summary,
    notions: summary.notions.map((notion) => ({ ...notion, triplets: triplets.get(notion.name)! })),
    correlations: correlations(
      new Map([...values].map(([name, { attribute }]) => [name, attribute])),
    ),
  };
  await Deno.writeTextFile(
    join(folder, "filenames.json"),
    files.map((file) => `${file}\n`).join(""),
  );
  await Deno.writeTextFile(
    join(folder, "attributes.csv"),
    attributeTable(files, values, parts, groupsOf(plan, found)),
  );
  await Deno.writeTextFile(
    join(folder, "set.json"),
    await describe(plan, face, report, found.splits !== null),
  );
  return report;
}

/** What a plan makes of its table. */
interface ExaminedPlan {
  readonly plan: SetPlan;
  readonly found: ImageRows;
  readonly parts: SplitImages;
  readonly values: ReadonlyMap<string, NotionValues>;
  readonly summary: SetSummary;
}

/**
 * All that is decided before triplets are drawn. Throws a CsnError or UsageError for what cannot be
 * used, and for doubtful guesses unless they are accepted.
 */
export async function examinePlan(
  given: SetPlan,
  { listener, signal, onSummary, unpacked, isSplit = true }: BuildSetOptions,
): Promise<ExaminedPlan> {
  assertPlan(given);
  const plan = withFoldersRule(given);
  listener?.notice?.(`reading ${sourceOf(plan)}`);
  const remarks = new Remarks();
  const planned = await readPlanned(plan, remarks, signal, unpacked);
  const found = rowsWithImages(plan, planned, remarks);
  const { columns, rows, files } = found;
  const parts = isSplit ? partsOf(plan, found, remarks) : unsplit(files.length);
  const notions = notionsOf(plan, columns, rows, remarks);
  const settle = () =>
    remarks.settle(`Cannot make an image set from ${sourceOf(plan)}`, plan.acceptGuesses ?? false);
  const values = valuesOf(notions, rows, plan, settle);
  for (const read of notions) {
    remarkOnValues(read, values.get(read.notion.name)!, parts, remarks);
  }
  const summary: SetSummary = {
    imageColumn: planned.imageColumn,
    imageColumnWhy: planned.imageColumnWhy,
    matched: { rows: found.matched, of: columns.places.length },
    understood: found.understood,
    images: files.length,
    splits: { train: parts.train.length, val: parts.val.length, test: parts.test.length },
    notions: notions.map((read) => notionSummary(read, values.get(read.notion.name)!)),
    dropped: found.dropped,
    warnings: plan.acceptGuesses ? remarks.warnings : remarks.certain,
  };
  if (onSummary !== undefined) onSummary(summary);
  else sayOf(summary, listener);
  // Not before: the user decides on a guess by what it makes of the table.
  settle();
  return { plan, found, parts, values, summary };
}

/**
 * What each notion says of the images. What a doubtful guess makes impossible is reported as the
 * doubt.
 */
function valuesOf(
  notions: readonly ReadNotion[],
  rows: readonly number[],
  { minImages = 2 }: SetPlan,
  settle: () => void,
): Map<string, NotionValues> {
  try {
    return new Map(
      notions.map((
        { notion, columns, unknown },
      ) => [notion.name, attributeOf(notion, columns, rows, minImages, unknown)]),
    );
  } catch (error) {
    settle();
    throw error;
  }
}

/** Reports warnings, and how the table spells what is not known, where no summary is taken. */
function sayOf({ notions, warnings }: SetSummary, listener: Listener | undefined): void {
  for (const { name, unknown } of notions) {
    const spelt = unknown.filter(({ value }) => value !== "");
    if (spelt.length === 0) continue;
    const shown = spelt.map(({ value, images }) => `${JSON.stringify(value)} ${images}`);
    listener?.notice?.(`${name}: not known where the table says ${shown.join(", ")}`);
  }
  for (const warning of warnings) listener?.warning?.(warning);
}

/** Names of folders are categories, numbers too, unless a rule says otherwise. */
function withFoldersRule(plan: SetPlan): SetPlan {
  if (plan.folders === undefined) return plan;
  return { ...plan, rules: { [plan.folders]: { type: "categorical" }, ...plan.rules } };
}

function unsplit(count: number): SplitImages {
  const all = Uint32Array.from({ length: count }, (_, image) => image);
  return { train: all, val: all, test: all };
}

/** The images of each split: those that are given, else dealt by the shares. */
function partsOf(
  plan: SetPlan,
  { columns, rows, splits: given }: ImageRows,
  remarks: Remarks,
): SplitImages {
  const { seed = 1, shares, groupColumn } = plan;
  const groups = groupsOf(plan, { columns, rows });
  if (groups !== null) remarkOnGroups(groupColumn!, groups, remarks);
  const parts = given !== null
    ? givenParts(given)
    : groups === null
    ? splitImages(rows.length, seed, shares)
    : splitGroups(groups, seed, shares);
  for (const split of splits) {
    if (parts[split].length > 0) continue;
    throw new CsnError(
      `Cannot split the ${rows.length} images of ${sourceOf(plan)}: none is left for ${split}; ${
        plan.splitColumn !== undefined
          ? `column "${plan.splitColumn}" must name all of train, val and test, or leave it out to deal the images by \`shares\``
          : groupColumn === undefined
          ? rows.length < fewestImages
            ? `use more images: each split needs three, that is ${fewestImages} in all`
            : "use more images or other `shares`"
          : `column "${groupColumn}" has too few values to split`
      }`,
    );
  }
  if (given === null && groups !== null) {
    remarkOnShares(groupColumn!, groups, parts, shares, remarks);
  }
  if (given !== null && groups !== null) warnOfSplitGroups(groupColumn!, groups, given, remarks);
  return parts;
}

/** The group of each image; null where images are dealt one by one. */
function groupsOf(
  { groupColumn }: SetPlan,
  { columns, rows }: Pick<ImageRows, "columns" | "rows">,
): string[] | null {
  if (groupColumn === undefined) return null;
  const cells = columns.cells.get(groupColumn)!;
  return rows.map((row) => String(cells[row]));
}

/** Draws and writes every list; returns how many triplets each notion has, by split. */
async function writeLists(
  folder: string,
  plan: SetPlan,
  values: ReadonlyMap<string, NotionValues>,
  parts: SplitImages,
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, TripletCounts>> {
  const { triplets: counts = paperTripletCounts, seed = 1, sampling } = plan;
  await Deno.mkdir(join(folder, "tripletlists"));
  const total = values.size * splits.reduce((sum, split) => sum + counts[split], 0);
  const given = new Map<string, Record<Split, number>>();
  let done = 0;
  for (const [row, [notion, { attribute }]] of [...values].entries()) {
    const ofNotion = { train: 0, val: 0, test: 0 };
    for (const [column, split] of splits.entries()) {
      signal?.throwIfAborted();
      const stream = streamFor("triplet", splits.length * row + column);
      const drawn = drawTriplets(attribute, parts[split], {
        count: counts[split],
        seed,
        stream,
        sampling,
      });
      ofNotion[split] = drawn.length / 3;
      if (drawn.length === 0) {
        throw noTriplet(sourceOf(plan), notion, split, attribute, parts[split]);
      }
      if (ofNotion[split] < counts[split]) {
        listener?.warning?.(
          `the notion ${notion} gives ${ofNotion[split]} triplets for ${split}, not ${
            counts[split]
          }: there are no more`,
        );
      }
      await writeTripletList(tripletListPath(folder, { notion, split }), drawn);
      done += counts[split];
      listener?.progress?.({ what: "Drawing triplets", done, total, unit: "triplets" });
    }
    given.set(notion, ofNotion);
  }
  return given;
}

function attributeTable(
  files: readonly string[],
  values: ReadonlyMap<string, NotionValues>,
  parts: SplitImages,
  groups: readonly string[] | null,
): string {
  const splitOf: Split[] = [];
  for (const split of splits) for (const image of parts[split]) splitOf[image] = split;
  const columns = [...values.values()].map(({ texts }) => texts);
  const lines = files.map((file, image) =>
    csvLine([
      file,
      ...columns.map((texts) => texts[image]),
      splitOf[image],
      ...groups === null ? [] : [groups[image]],
    ])
  );
  const last = groups === null ? [] : [groupHeader([...values.keys()])];
  return csvLine(["file", ...values.keys(), "split", ...last]) + lines.join("");
}

/** The text of `set.json`. */
async function describe(
  plan: SetPlan,
  face: SetFace,
  report: SetReport,
  areSplitsGiven: boolean,
): Promise<string> {
  const { made, about, ...description } = face;
  const { imageColumn, ...found } = report;
  const set = {
    format: 1,
    ...description,
    notions: report.notions.map(({ name }) => name),
    about,
    made: {
      ...made,
      table: await tableOf(plan),
      folders: plan.folders,
      imageColumn: imageColumn ?? undefined,
      groupColumn: plan.groupColumn,
      groups: plan.groupColumn === undefined
        ? undefined
        : groupHeader(report.notions.map(({ name }) => name)),
      splitColumn: plan.splitColumn,
      shares: areSplitsGiven ? undefined : plan.shares ?? defaultShares,
      seed: plan.seed ?? 1,
      triplets: plan.triplets ?? paperTripletCounts,
      sampling: plan.sampling ?? "balanced",
      minImages: plan.minImages ?? 2,
      rules: Object.fromEntries(
        report.notions.map(({ name, column, rule, missing }) => [
          column,
          { ...rule, name, ...(missing === undefined ? {} : { missing }) },
        ]),
      ),
    },
    report: found,
  };
  return JSON.stringify(set, null, 2) + "\n";
}

/** The table, and how it was read where its file does not say it. */
async function tableOf(
  { attributes, columns, delimiter, encoding, skipBadLines, sheet }: SetPlan,
): Promise<Record<string, unknown> | undefined> {
  if (attributes === undefined) return undefined;
  const options = { columns, delimiter, encoding, skipBadLines, sheet };
  return { file: basename(attributes), sha256: await sha256OfFile(attributes), ...options };
}
