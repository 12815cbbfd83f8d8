import { CsnError, UsageError } from "../errors.ts";
import { findImages, type FoundImages } from "./find_images.ts";
import { type FolderValues, readFolders } from "./folder_notion.ts";
import { pointOutSplits, readSplits } from "./given_splits.ts";
import { FolderImages } from "./image_finder.ts";
import type { Split } from "./image_set.ts";
import { Missing } from "./notions/missing.ts";
import type { Remarks } from "./remarks.ts";
import { notionColumns } from "./set_notions.ts";
import { type SetPlan, sourceOf } from "./set_plan.ts";
import type { Dropped } from "./set_report.ts";
import { chooseImageColumn, type ImageColumn } from "./table/choose_image_column.ts";
import { type Columns, loadColumns } from "./table/load_columns.ts";
import { openTable } from "./table/open_table.ts";
import { surveyTable } from "./table/survey_table.ts";
import type { Cell, Table } from "./table/table.ts";

/** Share of the images that may be missing, as in `preparePack`. */
const tolerated = 0.01;

/** How many left out rows a report names. */
const shownRows = 3;

/** The columns that a plan needs, and the images that they are about. */
export interface PlannedTable {
  readonly columns: Columns;
  /** The column that names the images; null for a folder without a table. */
  readonly imageColumn: string | null;
  readonly imageColumnWhy: string;
  readonly images: FolderImages;
}

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

/** Reads the columns that the plan needs. */
export async function readPlanned(
  plan: SetPlan,
  remarks: Remarks,
  signal: AbortSignal | undefined,
): Promise<PlannedTable> {
  const images = await FolderImages.open(plan.images);
  if (plan.attributes === undefined) return folderTable(plan, images);
  const table = await openTable(plan.attributes, plan);
  const survey = await surveyTable(table, images, signal);
  const given = plan.imageColumn;
  const imageColumn: ImageColumn = given === undefined
    ? chooseImageColumn(survey, images)
    : { name: given, why: "as asked for" };
  if (imageColumn.doubt !== undefined) remarks.doubt(imageColumn.doubt);
  const notions = notionColumns(plan);
  if (notions.length === 0) throw noNotion(table, imageColumn.name);
  const others = [plan.groupColumn, plan.splitColumn].filter((name) => name !== undefined);
  const wanted = [...new Set([imageColumn.name, ...notions, ...others])];
  if (plan.splitColumn === undefined) pointOutSplits(survey, wanted, remarks);
  return {
    columns: await loadColumns(table, tableColumns(plan, table, wanted), signal),
    imageColumn: imageColumn.name,
    imageColumnWhy: imageColumn.why,
    images,
  };
}

/** What a folder of images says without a table: a row an image. */
function folderTable(plan: SetPlan, images: FolderImages): PlannedTable {
  const { files } = images;
  const needed = [
    ...notionColumns(plan).filter((notion) => notion !== plan.folders),
    ...[plan.imageColumn, plan.groupColumn, plan.splitColumn].filter((name) => name !== undefined),
  ];
  if (needed.length > 0) {
    throw new UsageError(
      `Cannot find column "${needed[0]}" without a table: name it with --attributes`,
    );
  }
  if (files.length === 0) {
    throw new CsnError(
      `Cannot make a notion of the folders in ${plan.images}: no image lies in them`,
    );
  }
  const places = files.map((_, at) => at + 1);
  return {
    columns: { file: plan.images, places, cells: new Map(), understood: [], skipped: [] },
    imageColumn: null,
    imageColumnWhy: `every image of the folder, as there is no table`,
    images,
  };
}

/** The wanted columns that the table has, all but the folders' names. */
function tableColumns({ folders }: SetPlan, table: Table, wanted: readonly string[]): string[] {
  if (folders === undefined || !table.columns.includes(folders)) {
    return wanted.filter((name) => name !== folders);
  }
  throw new UsageError(
    `Cannot call the folders' notion "${folders}": ${table.file} has a column of that name; name it otherwise with --folders`,
  );
}

function noNotion(table: Table, imageColumn: string): UsageError {
  const others = table.columns.filter((column) => column !== imageColumn && column !== "");
  return new UsageError(
    `No notion is named: ${table.file} has the columns ${
      others.map((column) => `"${column}"`).join(", ")
    }; name those that are notions with --notion, or in --rules`,
  );
}

/**
 * The rows that stay: those whose image is there and that have a group and a split, where these are asked for.
 * Throws a CsnError when too many images are missing.
 */
export function rowsWithImages(plan: SetPlan, planned: PlannedTable, remarks: Remarks): ImageRows {
  const { columns, imageColumn, images } = planned;
  if (imageColumn !== null && columns.embedded?.has(imageColumn)) {
    assertFiles(plan, planned, imageColumn);
  }
  const found = imageColumn === null
    ? { rows: columns.places.map((_, row) => row), files: images.files, missing: [] }
    : findImages(images, columns, imageColumn);
  assertMostAreThere(plan, planned, found);
  const folders = plan.folders === undefined
    ? null
    : readFolders(plan.images, found.files, plan.folders, remarks);
  const given = plan.splitColumn === undefined ? null : readSplits(columns, plan.splitColumn);
  const splitOf = given !== null
    ? (at: number) => given.splits[found.rows[at]]
    : folders?.splits
    ? (at: number) => folders.splits![at]
    : null;
  const groups = plan.groupColumn === undefined ? null : columns.cells.get(plan.groupColumn)!;
  const missing = new Missing(plan.rules?.[plan.groupColumn ?? ""]?.missing);
  const reasons: [reason: string, isWithout: (at: number) => boolean][] = [
    [
      "no folder names its value",
      (at) => imageColumn === null && folders !== null && folders.values[at] === "",
    ],
    [
      `column "${plan.groupColumn}" names no group`,
      (at) => groups !== null && missing.clean(groups[found.rows[at]]).length === 0,
    ],
    [`column "${plan.splitColumn}" names no split`, (at) => splitOf !== null && !splitOf(at)],
  ];
  const without: string[][] = reasons.map(() => []);
  const stay = found.rows.flatMap((_, at) => {
    const reason = reasons.findIndex(([, isWithout]) => isWithout(at));
    if (reason === -1) return [at];
    without[reason].push(found.files[at]);
    return [];
  });
  // How it is spelt is known once the rows are gone through.
  const shownReason = (reason: string) =>
    reason.endsWith("names no group")
      ? `column "${plan.groupColumn}" ${emptiness(missing)}`
      : reason;
  return {
    columns: withFolders(columns, plan, found, folders),
    rows: stay.map((at) => found.rows[at]),
    files: stay.map((at) => found.files[at]),
    splits: splitOf === null ? null : stay.map((at) => splitOf(at)!),
    matched: found.rows.length,
    dropped: [
      dropping("their cells are not as many as the columns", columns.skipped),
      dropping("the image is not there", found.missing),
      ...reasons.map(([reason], at) => dropping(shownReason(reason), without[at])),
    ].filter(({ rows }) => rows > 0),
    understood: [
      ...columns.understood,
      ...(given === null ? folders?.understood ?? [] : [given.understood]),
    ],
  };
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

/** How a group that is not known is spelt: "is empty", `says "nan"`. */
function emptiness({ found }: Missing): string {
  const spelt = found.filter(({ value }) => value !== "").map(({ value }) => JSON.stringify(value));
  const isEmpty = found.length > spelt.length || spelt.length === 0;
  return [
    ...(isEmpty ? ["is empty"] : []),
    ...(spelt.length > 0 ? [`says ${spelt.join(", ")}`] : []),
  ]
    .join(" or ");
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
    }: it holds the images themselves, and ${plan.images} has no files of their names; write them to files there, each with a name that a column of the table has`,
  );
}

function assertMostAreThere(
  plan: SetPlan,
  { columns, imageColumn, images }: PlannedTable,
  { rows, missing }: FoundImages,
): void {
  const total = columns.places.length;
  if (rows.length > 0 && (plan.allowMissing || missing.length <= tolerated * total)) return;
  const advice = missing.length === total
    ? `name the folder that "${imageColumn}" counts from with --images, or another column with --image-column`
    : plan.allowMissing
    ? "none is left"
    : "mend it, or pass --allow-missing to go on without them";
  throw new CsnError(
    `Cannot find ${missing.length} of the ${total} images that column "${imageColumn}" of ${
      sourceOf(plan)
    } names in ${plan.images} (${missing.slice(0, shownRows).join(", ")}${
      missing.length > shownRows ? ", ..." : ""
    })${nearMisses(images, missing)}; ${advice}`,
  );
}

/** What missing images may be: files that are called nearly so. */
function nearMisses(images: FolderImages, missing: readonly string[]): string {
  const found = Map.groupBy(
    missing.flatMap((named) => {
      const near = images.nearMiss(named);
      return near === null ? [] : [{ named, ...near }];
    }),
    ({ how }) => how,
  );
  const parts = [...found].map(([how, [{ named, file }, ...others]]) =>
    `${others.length + 1} of them ${
      others.length === 0 ? "is" : "are"
    } there ${how} (${named} as ${file})`
  );
  return parts.length === 0 ? "" : `; ${parts.join(", ")}`;
}
