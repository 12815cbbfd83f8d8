import { toleratedMissing } from "../missing_images.ts";
import { CsnError, UsageError } from "../../base/errors.ts";
import { findImages, type FoundImages } from "./find_images.ts";
import { type FolderValues, readFolders } from "./folder_notion.ts";
import { readSplits } from "./given_splits.ts";
import type { FolderImages, NearMiss } from "./image_finder.ts";
import type { Split } from "../image_set.ts";
import { Missing } from "./notions/missing.ts";
import type { PlannedTable } from "./planned_table.ts";
import type { Remarks } from "./remarks.ts";
import { ruleOf, type SetPlan, sourceOf } from "./set_plan.ts";
import type { Dropped } from "./set_report.ts";
import type { Columns } from "./table/load_columns.ts";
import { spreadsheetLoss } from "./table/spreadsheet_losses.ts";
import { type Cell, cellError } from "./table/table.ts";

/** How many left out rows a report names. */
const shownRows = 3;

/** The rows that stay, and their images. */
export interface ImageRows {
  /** The plan's columns, and that of the folders' names. */
  readonly columns: Columns;
  readonly rows: readonly number[];
  /** The image of each. */
  readonly files: readonly string[];
  /** The split of each, where splits are given. */
  readonly splits: readonly Split[] | null;
  /** Rows whose image is there. */
  readonly matched: number;
  readonly dropped: readonly Dropped[];
  readonly understood: readonly string[];
}

/**
 * The rows that stay: those whose image is there and that have a group and a split, where these
 * are asked for. Throws a CsnError when too many images are missing.
 */
export function rowsWithImages(plan: SetPlan, planned: PlannedTable, remarks: Remarks): ImageRows {
  const found = foundImages(plan, planned, remarks);
  const folders = plan.folders === undefined
    ? null
    : readFolders(plan.images, found.files, plan.folders, remarks);
  const columns = withFolders(planned.columns, plan, found, folders);
  const given = splitsOf(plan, columns, found, folders);
  if (given !== null) assertNoShares(plan, given.understood);
  if (plan.groupColumn !== undefined) assertOneGroup(plan.groupColumn, columns, found);
  const reasons = [
    ...(planned.imageColumn === null ? [new WithoutFolder(folders!)] : []),
    ...(plan.groupColumn === undefined ? [] : [new WithoutGroup(plan, columns, found)]),
    ...(given === null ? [] : [new WithoutSplit(plan, given.splits)]),
  ];
  const stay: number[] = [];
  found.files.forEach((file, at) => {
    const reason = reasons.find((reason) => reason.isWithout(at));
    if (reason === undefined) stay.push(at);
    else reason.files.push(file);
  });
  return {
    columns,
    rows: stay.map((at) => found.rows[at]),
    files: stay.map((at) => found.files[at]),
    splits: given === null ? null : stay.map((at) => given.splits[at]!),
    matched: found.rows.length,
    dropped: [
      dropping("their cells are not as many as the columns", columns.skipped),
      dropping("the image is not there", found.missing),
      ...reasons.map(({ reason, files }) => dropping(reason, files)),
    ].filter(({ rows }) => rows > 0),
    understood: [...columns.understood, ...(given === null ? [] : [given.understood])],
  };
}

/** The image of each row. */
function foundImages(plan: SetPlan, planned: PlannedTable, remarks: Remarks): FoundImages {
  const { columns, imageColumn, images } = planned;
  if (imageColumn === null) {
    const { files } = images;
    const fault = files.map((file) => images.fault(file)).find((fault) => fault !== null);
    if (fault !== undefined) {
      throw new CsnError(`Cannot use the images in ${plan.images}: ${fault}`);
    }
    return { rows: columns.places.map((_, row) => row), files, missing: [] };
  }
  if (columns.embedded?.has(imageColumn)) assertFiles(plan, planned, imageColumn);
  const found = findImages(images, columns, imageColumn);
  assertMostAreThere(plan, planned, found, remarks);
  return found;
}

/**
 * The split that a column gives each image, or else the folder at the top; null where neither
 * does.
 */
function splitsOf(
  { splitColumn }: SetPlan,
  columns: Columns,
  { rows }: FoundImages,
  folders: FolderValues | null,
): { splits: readonly (Split | null)[]; understood: string } | null {
  if (splitColumn !== undefined) {
    const { splits, understood } = readSplits(columns, splitColumn);
    return { splits: rows.map((row) => splits[row]), understood };
  }
  const splits = folders?.splits ?? null;
  return splits === null ? null : { splits, understood: "the folders at the top give the splits" };
}

/** Shares would have no effect where splits are given. */
function assertNoShares({ shares }: SetPlan, understood: string): void {
  if (shares === undefined) return;
  throw new UsageError(
    `Cannot deal the images by \`shares\`: ${understood}; leave one of them out`,
  );
}

/** An image is in one group: of several it would be unclear which must stay together. */
function assertOneGroup(
  column: string,
  { file, places, cells }: Columns,
  found: FoundImages,
): void {
  const groups = cells.get(column)!;
  const lists = found.rows.filter((row) =>
    typeof groups[row] !== "string" && groups[row].length > 1
  );
  if (lists.length === 0) return;
  throw cellError(
    file,
    places[lists[0]],
    column,
    `${
      JSON.stringify(groups[lists[0]])
    } is a list, as ${lists.length} of its ${found.rows.length} cells are, and a group is one value; name another group column`,
  );
}

/** Why an image is left out, and which are. */
interface Reason {
  readonly files: string[];
  readonly reason: string;
  isWithout(at: number): boolean;
}

class WithoutFolder implements Reason {
  readonly files: string[] = [];
  readonly reason = "no folder names its value";
  readonly #folders: FolderValues;

  constructor(folders: FolderValues) {
    this.#folders = folders;
  }

  isWithout(at: number): boolean {
    return this.#folders.values[at] === "";
  }
}

class WithoutSplit implements Reason {
  readonly files: string[] = [];
  readonly reason: string;
  readonly #splits: readonly (Split | null)[];

  constructor({ splitColumn }: SetPlan, splits: readonly (Split | null)[]) {
    this.reason = `column "${splitColumn}" names no split`;
    this.#splits = splits;
  }

  isWithout(at: number): boolean {
    return this.#splits[at] === null;
  }
}

class WithoutGroup implements Reason {
  readonly files: string[] = [];
  readonly #column: string;
  readonly #missing: Missing;
  readonly #groups: readonly Cell[];

  constructor(plan: SetPlan, { cells }: Columns, { rows }: FoundImages) {
    this.#column = plan.groupColumn!;
    this.#missing = new Missing(ruleOf(plan, this.#column).missing);
    const groups = cells.get(this.#column)!;
    this.#groups = rows.map((row) => groups[row]);
  }

  isWithout(at: number): boolean {
    return this.#missing.clean(this.#groups[at]).length === 0;
  }

  /** How it is spelt is known once the rows are gone through: "is empty", `says "nan"`. */
  get reason(): string {
    const { found } = this.#missing;
    const spelt = found.filter(({ value }) => value !== "").map(({ value }) => `"${value}"`);
    const ways = [
      ...(found.length > spelt.length ? ["is empty"] : []),
      ...(spelt.length > 0 ? [`says ${spelt.join(", ")}`] : []),
    ];
    return `column "${this.#column}" ${ways.join(" or ")}`;
  }
}

/** Adds the folders' names as a column. */
function withFolders(
  columns: Columns,
  { folders: notion }: SetPlan,
  { rows }: FoundImages,
  folders: FolderValues | null,
): Columns {
  if (notion === undefined || folders === null) return columns;
  const cells = new Array<string>(columns.places.length).fill("");
  rows.forEach((row, at) => cells[row] = folders.values[at]);
  return { ...columns, cells: new Map([...columns.cells, [notion, cells]]) };
}

function dropping(reason: string, all: readonly string[]): Dropped {
  return { reason, rows: all.length, examples: all.slice(0, shownRows) };
}

/** Refuses images that are in the table and nowhere else. */
function assertFiles(plan: SetPlan, { columns, images }: PlannedTable, column: string): void {
  const isFile = (cell: Cell) => {
    const found = typeof cell === "string" && cell !== "" ? images.find(cell) : null;
    return found !== null && "file" in found;
  };
  if (columns.cells.get(column)!.some(isFile)) return;
  throw new CsnError(
    `Cannot use column "${column}" of ${
      sourceOf(plan)
    }: it holds the images themselves, and ${plan.images} has no files of their names; pass \`copy: true\` to unpack them into the set`,
  );
}

/** Throws a CsnError when too many images are missing; warns of others that are called otherwise. */
function assertMostAreThere(
  plan: SetPlan,
  { columns, imageColumn, images }: PlannedTable,
  { rows, missing }: FoundImages,
  remarks: Remarks,
): void {
  if (missing.length === 0) return;
  const total = columns.places.length;
  const near = nearMisses(images, missing);
  const loss = spreadsheetLoss(missing);
  const found = `${missing.length} of the ${total} images that column "${imageColumn}" of ${
    sourceOf(plan)
  } names`;
  const like = nearText(near) + (loss === null ? "" : `; ${loss}`);
  if (rows.length > 0 && (plan.allowMissing || missing.length <= toleratedMissing * total)) {
    if (like !== "") remarks.warn(`${found} are not there${like}`);
    return;
  }
  const advice = near.size > 0 && !near.has("in another folder")
    ? "write the names in the table as those of the files" +
      (near.has("with leading zeros")
        ? "; a spreadsheet keeps leading zeros in columns that are imported as text"
        : "")
    : missing.length === total
    ? `name the folder that "${imageColumn}" counts from with \`images\`, or another column with \`imageColumn\``
    : plan.allowMissing
    ? "none is left"
    : "mend it, or pass `allowMissing: true` to go on without them";
  throw new CsnError(
    `Cannot find ${found} in ${plan.images} (${missing.slice(0, shownRows).join(", ")}${
      missing.length > shownRows ? ", ..." : ""
    })${like}; ${advice}`,
  );
}

/** What missing images may be, by how they differ from images that are there. */
function nearMisses(
  images: FolderImages,
  missing: readonly string[],
): Map<NearMiss["how"], { named: string; file: string }[]> {
  const found = missing.flatMap((named) => {
    const near = images.nearMiss(named);
    return near === null ? [] : [{ named, ...near }];
  });
  return Map.groupBy(found, ({ how }) => how);
}

function nearText(near: ReturnType<typeof nearMisses>): string {
  const parts = [...near].map(([how, [{ named, file }, ...others]]) =>
    `${others.length + 1} of them ${
      others.length === 0 ? "is" : "are"
    } there ${how} (${named} as ${file})`
  );
  return parts.length === 0 ? "" : `; ${parts.join(", ")}`;
}
