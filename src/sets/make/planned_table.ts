import { CsnError, UsageError } from "../../base/errors.ts";
import { lostLinksText } from "../../images/folder_links.ts";
import { passedOverText } from "../../images/list_images.ts";
import { pointOutSplits } from "./given_splits.ts";
import { FolderImages } from "./image_finder.ts";
import type { Remarks } from "./remarks.ts";
import { notionColumns } from "./set_notions.ts";
import { ruleOf, type SetPlan } from "./set_plan.ts";
import { chooseImageColumn, type ImageColumn } from "./table/choose_image_column.ts";
import type { Columns } from "./table/load_columns.ts";
import { listOfImages } from "./table/list_of_images.ts";
import { openTable } from "./table/open_table.ts";
import { spreadsheetLoss } from "./table/spreadsheet_losses.ts";
import { surveyedColumns, surveyTable } from "./table/survey_table.ts";
import type { Table } from "./table/table.ts";
import type { UnpackedImages } from "./unpack_images.ts";

/** The columns that a plan needs, and the images that they are about. */
export interface PlannedTable {
  readonly columns: Columns;
  /** The column that names the images; null for a folder without a table. */
  readonly imageColumn: string | null;
  readonly imageColumnWhy: string;
  readonly images: FolderImages;
}

/** Reads the columns that the plan needs. */
export async function readPlanned(
  plan: SetPlan,
  remarks: Remarks,
  signal: AbortSignal | undefined,
  unpacked?: UnpackedImages,
): Promise<PlannedTable> {
  const images = unpacked?.images ?? await FolderImages.open(plan.images);
  remarkOnFiles(plan, images, remarks);
  if (plan.attributes === undefined) return folderTable(plan, images);
  const table = unpacked?.table ?? await openTable(plan.attributes, plan);
  for (const warning of unpacked?.warnings ?? []) remarks.warn(warning);
  const notions = notionColumns(plan);
  const given = unpacked?.column ?? plan.imageColumn;
  const named = [given, ...notions, plan.groupColumn, plan.splitColumn]
    .filter((name) => name !== undefined);
  const survey = await surveyTable(table, images, { wanted: named, signal });
  const imageColumn: ImageColumn = given === undefined
    ? chooseImageColumn(survey, images)
    : { name: given, why: unpacked === undefined ? "as asked for" : "it holds the images" };
  const list = [imageColumn.name, ...named].find((name) => table.imageLists?.has(name));
  if (list !== undefined) throw listOfImages(table.file, list);
  if (imageColumn.doubt !== undefined) remarks.doubt(imageColumn.doubt);
  if (notions.length === 0) throw noNotion(table, imageColumn.name);
  const wanted = [...new Set([imageColumn.name, ...named])];
  if (plan.splitColumn === undefined) pointOutSplits(survey, wanted, remarks);
  const names = tableColumns(plan, table, wanted);
  const columns = await surveyedColumns(table, survey, names, signal);
  for (const name of columns.rounded ?? []) {
    remarks.warn(
      `column "${name}" has whole numbers over 2^53 that are stored as doubles: numbers that differ only in their last digits become one value; store ids as texts`,
    );
  }
  for (const [name, cells] of columns.cells) {
    // Of images that are not there, what was found says more.
    if (name === imageColumn.name || columns.rounded?.includes(name)) continue;
    const loss = spreadsheetLoss(cells);
    if (loss !== null) remarks.warn(`column "${name}": ${loss}`);
  }
  for (const [name, number] of columns.thousandPoints ?? []) {
    if (!notions.includes(name) || ruleOf(plan, name).type === "categorical") continue;
    remarks.doubt(
      `column "${name}": the point in its numbers, such as ${number}, may stand between thousands (${
        number.replace(".", "")
      }), as ";" parts the cells, but is taken for a decimal point; write them without points if so`,
    );
  }
  return {
    columns,
    imageColumn: imageColumn.name,
    imageColumnWhy: imageColumn.why,
    images,
  };
}

/** Warns of what lies in the image folder and is no image, where that may have been meant. */
function remarkOnFiles(plan: SetPlan, { found }: FolderImages, remarks: Remarks): void {
  // Nothing but the table's own pictures lies there.
  if (found === null) return;
  const { links, passedOver } = found;
  // A table says itself which images are meant: of a folder that it knows nothing of, none is lost.
  const lost = plan.attributes === undefined ? links : { ...links, inner: [] };
  for (
    const text of [
      lostLinksText(plan.images, lost),
      plan.attributes === undefined ? passedOverText(plan.images, passedOver) : null,
    ]
  ) {
    if (text !== null) remarks.warn(text);
  }
}

/** What a folder of images says without a table: a row an image. */
function folderTable(plan: SetPlan, images: FolderImages): PlannedTable {
  const { files } = images;
  const asked = [plan.imageColumn, plan.groupColumn, plan.splitColumn];
  const needed = [...notionColumns(plan), ...asked].filter((name) =>
    name !== undefined && name !== plan.folders
  );
  if (needed.length > 0) {
    throw new UsageError(
      `Cannot find column "${needed[0]}" without a table: name it with \`attributes\``,
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
    `Cannot call the folders' notion "${folders}": ${table.file} has a column of that name; name it otherwise with \`folders\``,
  );
}

function noNotion(table: Table, imageColumn: string): UsageError {
  const others = table.columns.filter((column) => column !== imageColumn && column !== "");
  return new UsageError(
    `No notion is named: ${table.file} has the columns ${
      others.map((column) => `"${column}"`).join(", ")
    }; name those that are notions with \`notions\`, or in \`rules\``,
  );
}
