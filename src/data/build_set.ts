import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { CsnError, UsageError } from "../errors.ts";
import type { Listener } from "../listener.ts";
import type { Normalisation } from "../normalisation.ts";
import { basename, join } from "../paths.ts";
import { streamFor } from "../random.ts";
import { type Attribute, drawTriplets, type Sampling } from "./draw_triplets.ts";
import { findImages } from "./find_images.ts";
import { type Split, splits } from "./image_set.ts";
import { attributeOf, type NotionValues, type ValueCount } from "./notions/attribute_of.ts";
import { type Correlation, correlations } from "./notions/correlation.ts";
import { guessRule } from "./notions/guess_rule.ts";
import type { ColumnRule, NotionRule } from "./notions/rule.ts";
import { isNotionName } from "./set_file.ts";
import {
  defaultShares,
  splitGroups,
  type SplitImages,
  splitImages,
  type SplitShares,
} from "./split_images.ts";
import { csvLine } from "../csv_line.ts";
import { guessImageColumn } from "./table/guess_image_column.ts";
import { type Columns, loadColumns } from "./table/load_columns.ts";
import { openTable } from "./table/open_table.ts";
import { tripletListPath, writeTripletList } from "./triplet_list.ts";

/** Triplets of each notion, by split. */
export type TripletCounts = Readonly<Record<Split, number>>;

/** What an image set is built from, and how. */
export interface SetPlan {
  /** The table: .csv, .tsv, .jsonl or .parquet, a row an image. */
  readonly attributes: string;
  /** The folder that the table's images lie in. */
  readonly images: string;
  /** Columns that become notions, besides those that have a rule. */
  readonly notions?: readonly string[];
  /** Rules by column; what they leave out is guessed and reported. */
  readonly rules?: Readonly<Record<string, ColumnRule>>;
  /** The column of paths or ids. @default {the first that is called image, file, path, filename or id, else the first} */
  readonly imageColumn?: string;
  /** A column whose values are not parted: all images of one are in one split. */
  readonly groupColumn?: string;
  /** Sizes of the splits. @default {defaultShares} */
  readonly shares?: SplitShares;
  /** Decides splits and triplets. @default {1} */
  readonly seed?: number;
  /** Triplets of each notion. @default {paperTripletCounts} */
  readonly triplets?: TripletCounts;
  /** Which triplets are likely. @default {"balanced"} */
  readonly sampling?: Sampling;
  /** Values that fewer images have count as not known. @default {2} */
  readonly minImages?: number;
  /** Whether more than 1 % of the table's images may be missing. @default {false} */
  readonly allowMissing?: boolean;
}

/** What `set.json` says of a set besides how it was made. */
export interface SetFace {
  readonly name: string;
  /** Folder of the images, relative to the set's folder or absolute. */
  readonly images: string;
  /** Whether a mirror image means the same. */
  readonly flip: boolean;
  readonly normalisation?: Normalisation;
  readonly about?: string;
  /** More of how it was made. */
  readonly made?: Readonly<Record<string, unknown>>;
}

/** What was built, and what was left out. */
export interface SetReport {
  /** The column that named the images, given or guessed. */
  readonly imageColumn: string;
  /** Images of the set. */
  readonly images: number;
  /** Images of each split. */
  readonly splits: Readonly<Record<Split, number>>;
  /** What became of each notion. */
  readonly notions: readonly NotionReport[];
  /** Rows of the table that gave no image, by reason. */
  readonly dropped: readonly Dropped[];
  /** How much each pair of notions has in common. */
  readonly correlations: readonly Correlation[];
}

/** The same for one notion. */
export interface NotionReport extends NotionRule {
  /** Images whose value is known. */
  readonly known: number;
  /** Its values. */
  readonly values: readonly ValueCount[];
  /** Values with too few images, which count as not known. */
  readonly droppedValues: readonly ValueCount[];
  /** Triplets in each list; fewer than were asked for when there are no more. */
  readonly triplets: TripletCounts;
}

/** Rows that were left out. */
export interface Dropped {
  /** Why, in words. */
  readonly reason: string;
  /** How many. */
  readonly rows: number;
  /** The first of them, as the table names them. */
  readonly examples: readonly string[];
}

/** The paper's (section 4.1): 200,000, 20,000 and 40,000 of each notion. */
export const paperTripletCounts: TripletCounts = { train: 200_000, val: 20_000, test: 40_000 };

/** Columns of a set's attributes.csv besides its notions. */
const ownColumns = ["file", "split"];

/** Share of the images that may be missing, as in `preparePack`. */
const tolerated = 0.01;

/** How many left out rows a report names. */
const shownRows = 3;

/**
 * Builds an image set in the reference code's layout in `folder`, which must be there: `filenames.json`,
 * `tripletlists/`, `attributes.csv` (a line an image: what each notion says of it, and its split) and, last,
 * `set.json` with all that is needed to build it again to the byte.
 *
 * Throws a CsnError that names file, row and column for a table that cannot be used, and a UsageError for
 * options that cannot be right.
 */
export async function buildSet(
  folder: string,
  plan: SetPlan,
  face: SetFace,
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal } = {},
): Promise<SetReport> {
  assertPlan(plan);
  listener?.notice?.(`reading ${plan.attributes}`);
  const { columns, imageColumn } = await readPlanned(plan, signal);
  const { rows, files, dropped } = await rowsWithImages(plan, columns, imageColumn);
  const notions = notionsOf(plan, columns, rows);
  const values = new Map(
    notions.map((notion) =>
      [notion.name, attributeOf(notion, columns, rows, plan.minImages ?? 2)] as const
    ),
  );
  const parts = partsOf(plan, columns, rows);
  const triplets = await writeLists(folder, plan, values, parts, { listener, signal });
  const report: SetReport = {
    imageColumn,
    images: files.length,
    splits: { train: parts.train.length, val: parts.val.length, test: parts.test.length },
    notions: notions.map((notion) => notionReport(notion, values.get(notion.name)!, triplets)),
    dropped,
    correlations: correlations(
      new Map([...values].map(([name, { attribute }]) => [name, attribute])),
    ),
  };
  await Deno.writeTextFile(
    join(folder, "filenames.json"),
    files.map((file) => `${file}\n`).join(""),
  );
  await Deno.writeTextFile(join(folder, "attributes.csv"), attributeTable(files, values, parts));
  await Deno.writeTextFile(
    join(folder, "set.json"),
    await describe(plan, face, report),
  );
  return report;
}

function assertPlan(plan: SetPlan): void {
  const { minImages = 2, shares = defaultShares } = plan;
  assertDraw(plan);
  if (!Number.isSafeInteger(minImages) || minImages < 1) {
    throw new UsageError(
      `Cannot use --min-images ${minImages}: it must be a whole number of at least 1`,
    );
  }
  for (const split of splits) {
    if (!(shares[split] > 0 && shares[split] < Infinity)) {
      throw new UsageError(
        `Cannot give ${split} the share ${
          shares[split]
        }: it must be a number above 0, such as the paper's 70,10,20`,
      );
    }
  }
}

/** Refuses a seed and counts of triplets that cannot be right, with a UsageError. */
export function assertDraw(
  { seed = 1, triplets = paperTripletCounts }: Pick<SetPlan, "seed" | "triplets">,
): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new UsageError(`Cannot use --seed ${seed}: it must be a whole number of at least 0`);
  }
  for (const split of splits) {
    if (!Number.isSafeInteger(triplets[split]) || triplets[split] < 1) {
      throw new UsageError(
        `Cannot draw ${
          triplets[split]
        } triplets for ${split}: it must be a whole number of at least 1`,
      );
    }
  }
}

/** Reads the columns that the plan needs. */
async function readPlanned(
  plan: SetPlan,
  signal: AbortSignal | undefined,
): Promise<{ columns: Columns; imageColumn: string }> {
  const table = await openTable(plan.attributes);
  const imageColumn = plan.imageColumn ?? guessImageColumn(table);
  const columns = notionColumns(plan);
  if (columns.length === 0) {
    const others = table.columns.filter((column) => column !== imageColumn);
    throw new UsageError(
      `No notion is named: ${table.file} has the columns ${
        others.map((column) => `"${column}"`).join(", ")
      }; name those that are notions with --notion, or in --rules`,
    );
  }
  const groups = plan.groupColumn === undefined ? [] : [plan.groupColumn];
  const wanted = [...new Set([imageColumn, ...columns, ...groups])];
  return { columns: await loadColumns(table, wanted, signal), imageColumn };
}

/** Columns that are notions, each once: those that are named, then those that have a rule. */
function notionColumns({ notions = [], rules = {} }: SetPlan): string[] {
  return [...new Set([...notions, ...Object.keys(rules)])];
}

/** The rows that stay, and their images. */
async function rowsWithImages(
  plan: SetPlan,
  columns: Columns,
  imageColumn: string,
): Promise<{ rows: number[]; files: string[]; dropped: Dropped[] }> {
  const found = await findImages(plan.images, columns, imageColumn);
  const total = columns.places.length;
  if (found.rows.length === 0 || (!plan.allowMissing && found.missing.length > tolerated * total)) {
    throw tooManyMissing(plan, imageColumn, found.missing, total);
  }
  const groups = plan.groupColumn === undefined ? null : columns.cells.get(plan.groupColumn)!;
  const kept = found.rows.map((row, at) => ({ row, file: found.files[at] }));
  const hasGroup = ({ row }: { row: number }) => groups === null || groups[row].length > 0;
  const without = kept.filter((each) => !hasGroup(each)).map(({ file }) => file);
  const stay = kept.filter(hasGroup);
  const dropped = [
    dropping("the image is not there", found.missing),
    dropping(`column "${plan.groupColumn}" is empty`, without),
  ].filter(({ rows }) => rows > 0);
  return { rows: stay.map(({ row }) => row), files: stay.map(({ file }) => file), dropped };
}

function dropping(reason: string, all: readonly string[]): Dropped {
  return { reason, rows: all.length, examples: all.slice(0, shownRows) };
}

function tooManyMissing(
  { attributes, images, allowMissing }: SetPlan,
  column: string,
  missing: readonly string[],
  total: number,
): CsnError {
  const advice = missing.length === total
    ? `name the folder that "${column}" counts from with --images, or another column with --image-column`
    : allowMissing
    ? "none is left"
    : "mend it, or pass --allow-missing to go on without them";
  return new CsnError(
    `Cannot find ${missing.length} of the ${total} images that column "${column}" of ${attributes} names in ${images} (${
      missing.slice(0, shownRows).join(", ")
    }${missing.length > shownRows ? ", ..." : ""}); ${advice}`,
  );
}

function notionsOf(plan: SetPlan, columns: Columns, rows: readonly number[]): NotionRule[] {
  const notions = notionColumns(plan).map((column) => {
    const cells = columns.cells.get(column)!;
    return guessRule(column, rows.map((row) => cells[row]), plan.rules?.[column]);
  });
  notions.forEach(({ name, column }, at) => {
    if (!isNotionName(name)) {
      throw new UsageError(
        `Cannot call the notion of column "${column}" "${name}": a name has letters, digits, "_", "-" and "."; give it another with "name" in --rules`,
      );
    }
    if (ownColumns.includes(name)) {
      throw new UsageError(
        `Cannot call the notion of column "${column}" "${name}": attributes.csv of the set has such a column of its own; give it another with "name" in --rules`,
      );
    }
    const other = notions.slice(0, at).find((earlier) => earlier.name === name);
    if (other !== undefined) {
      throw new UsageError(
        `Cannot call two notions "${name}", those of the columns "${other.column}" and "${column}"; give one another name with "name" in --rules`,
      );
    }
  });
  return notions;
}

function partsOf(plan: SetPlan, columns: Columns, rows: readonly number[]): SplitImages {
  const { seed = 1, shares, groupColumn, attributes } = plan;
  const groups = groupColumn === undefined ? null : columns.cells.get(groupColumn)!;
  const parts = groups === null
    ? splitImages(rows.length, seed, shares)
    : splitGroups(rows.map((row) => String(groups[row])), seed, shares);
  for (const split of splits) {
    if (parts[split].length > 0) continue;
    throw new CsnError(
      `Cannot split the ${rows.length} images of ${attributes}: none is left for ${split}; ${
        groupColumn === undefined
          ? "use more images or other --shares"
          : `column "${groupColumn}" has too few values to part`
      }`,
    );
  }
  return parts;
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
      const drawn = drawTriplets(attribute, parts[split], counts[split], {
        seed,
        stream,
        sampling,
      });
      ofNotion[split] = drawn.length / 3;
      if (drawn.length === 0) throw noTriplet(plan, notion, split, attribute, parts[split]);
      if (ofNotion[split] < counts[split]) {
        listener?.warning?.(
          `the notion ${notion} gives ${ofNotion[split]} triplets for ${split}, not ${
            counts[split]
          }: there are no more`,
        );
      }
      await writeTripletList(tripletListPath(folder, notion, split), drawn);
      done += counts[split];
      listener?.progress?.({ what: "Drawing triplets", done, total, unit: "triplets" });
    }
    given.set(notion, ofNotion);
  }
  return given;
}

function noTriplet(
  { attributes }: SetPlan,
  notion: string,
  split: Split,
  attribute: Attribute,
  images: Uint32Array,
): CsnError {
  const known = Array.from(images).filter((image) => isKnown(attribute, image)).length;
  return new CsnError(
    `Cannot draw triplets of the notion ${notion} for ${split} from ${attributes}: of its ${images.length} images ${known} have a value, and no three of them are one, another that is like it and another that is unlike it; add images, change the rule, or give ${split} a larger share (--shares)`,
  );
}

function isKnown(attribute: Attribute, image: number): boolean {
  const value = attribute.values[image];
  return typeof value === "number" ? !Number.isNaN(value) : value.length > 0;
}

function notionReport(
  notion: NotionRule,
  { attribute, values, dropped }: NotionValues,
  triplets: ReadonlyMap<string, TripletCounts>,
): NotionReport {
  return {
    ...notion,
    known: attribute.values.reduce<number>(
      (sum, _, image) => sum + (isKnown(attribute, image) ? 1 : 0),
      0,
    ),
    values,
    droppedValues: dropped,
    triplets: triplets.get(notion.name)!,
  };
}

function attributeTable(
  files: readonly string[],
  values: ReadonlyMap<string, NotionValues>,
  parts: SplitImages,
): string {
  const splitOf: Split[] = [];
  for (const split of splits) for (const image of parts[split]) splitOf[image] = split;
  const columns = [...values.values()].map(({ texts }) => texts);
  const lines = files.map((file, image) =>
    csvLine([file, ...columns.map((texts) => texts[image]), splitOf[image]])
  );
  return csvLine(["file", ...values.keys(), "split"]) + lines.join("");
}

/** The text of `set.json`. */
async function describe(
  plan: SetPlan,
  face: SetFace,
  report: SetReport,
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
      table: { file: basename(plan.attributes), sha256: await sha256(plan.attributes) },
      imageColumn,
      groupColumn: plan.groupColumn,
      shares: plan.shares ?? defaultShares,
      seed: plan.seed ?? 1,
      triplets: plan.triplets ?? paperTripletCounts,
      sampling: plan.sampling ?? "balanced",
      minImages: plan.minImages ?? 2,
      rules: Object.fromEntries(
        report.notions.map(({ name, column, rule }) => [column, { ...rule, name }]),
      ),
    },
    report: found,
  };
  return JSON.stringify(set, null, 2) + "\n";
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest("hex");
}
