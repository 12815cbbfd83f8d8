import type { Attribute } from "../sets/attribute.ts";
import type { ImageSet } from "../sets/image_set.ts";
import { attributeOf } from "../sets/make/notions/attribute_of.ts";
import { readNotion } from "../sets/make/notions/read_notion.ts";
import { Remarks } from "../sets/make/remarks.ts";
import type { SetValues } from "../sets/set_values.ts";
import { FolderImages } from "../sets/make/image_finder.ts";
import { chooseImageColumn } from "../sets/make/table/choose_image_column.ts";
import { type Columns, loadColumns } from "../sets/make/table/load_columns.ts";
import { openTable } from "../sets/make/table/open_table.ts";
import { surveyedColumns, surveyTable } from "../sets/make/table/survey_table.ts";
import { cellError, type Table, type TableOptions } from "../sets/make/table/table.ts";
import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";

/** A column that a model is probed for. */
export interface ProbeColumn {
  /** Its name. */
  readonly name: string;
  /** Each image's value, by its index in the set; "" when it is not known. */
  readonly values: readonly string[];
}

/** Columns of a table of the user's. */
export interface ProbeTable {
  /** How the table is read where its file does not say it. */
  readonly options?: TableOptions;
  /** A table with a row an image: .csv, .tsv, .txt, .xlsx, .jsonl, .json or .parquet. */
  readonly file: string;
  /** The columns to predict. */
  readonly columns: readonly string[];
  /**
   * The column of the images' paths, or names without endings. @default {as make-triplets guesses
   * it}
   */
  readonly imageColumn?: string;
}

/**
 * The notions of a set that a model was not trained on, but for those of which an image has several
 * values.
 */
export function otherNotions(
  set: ImageSet,
  notions: readonly string[],
  values: SetValues | null,
): ProbeColumn[] {
  return set.notions.flatMap((name) => {
    const attribute = values?.attributes.get(name);
    if (attribute === undefined || notions.includes(name) || attribute.kind === "multi") return [];
    return [{ name, values: singleValues(attribute) }];
  });
}

/**
 * Reads columns of a table as make-triplets guesses them: numbers of more than twelve kinds count
 * in five bins of as many images. Guesses that may be wrong are warned of. Throws a CsnError for a
 * column that is not there or holds lists or one value alone, for a table whose column of images is
 * not clear, and for one that names no image of the set or one of them twice.
 */
export async function readProbeColumns(
  set: ImageSet,
  { file, columns: names, imageColumn, options }: ProbeTable,
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal } = {},
): Promise<ProbeColumn[]> {
  const table = await openTable(file, options);
  const finder = new FolderImages(set.imageFolder, set.imageFiles);
  const remarks = new Remarks();
  const { ofImages, columns } = imageColumn === undefined
    ? await guessImageColumn(table, finder, names, signal)
    : {
      ofImages: imageColumn,
      columns: await loadColumns(table, withFirst(imageColumn, names), signal),
    };
  const { rows, images } = matchedRows(set, finder, columns, ofImages);
  const probed = names.map((name) => {
    const read = readNotion(name, columns, rows, {}, remarks);
    const { attribute } = attributeOf(read.notion, read.columns, rows, 1, read.unknown);
    if (attribute.kind === "multi") {
      throw new CsnError(
        `Cannot probe for column "${name}" of ${file}: its cells hold several values; name a column with one value an image`,
      );
    }
    const values = new Array<string>(set.imageFiles.length).fill("");
    singleValues(attribute).forEach((value, place) => values[images[place]] = value);
    return { name, values };
  });
  for (const text of columns.understood) listener?.notice?.(`${file}: ${text}`);
  if (columns.skipped.length > 0) {
    remarks.warn(`${file}: ${columns.skipped.length} lines are left out for their cells`);
  }
  for (const warning of remarks.warnings) listener?.warning?.(warning);
  return probed;
}

/** Reads the columns `names` and the one that names the images. */
async function guessImageColumn(
  table: Table,
  finder: FolderImages,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<{ ofImages: string; columns: Columns }> {
  const survey = await surveyTable(table, finder, { wanted: names, signal });
  const { name, doubt } = chooseImageColumn(survey, finder);
  if (doubt === undefined) {
    const columns = await surveyedColumns(table, survey, withFirst(name, names), signal);
    return { ofImages: name, columns };
  }
  throw new CsnError(`Cannot tell which column of ${table.file} names the images: ${doubt}`);
}

function withFirst(name: string, names: readonly string[]): string[] {
  return [...new Set([name, ...names])];
}

/** Rows whose image is in the set, and those images. */
function matchedRows(
  { imageFiles, folder }: ImageSet,
  finder: FolderImages,
  { file, places, cells }: Columns,
  imageColumn: string,
): { rows: number[]; images: number[] } {
  const imageOf = new Map(imageFiles.map((path, image) => [path, image]));
  const rowOf = new Map<number, number>();
  cells.get(imageColumn)!.forEach((cell, row) => {
    const found = typeof cell === "string" && cell !== "" ? finder.find(cell) : null;
    if (found !== null && "fault" in found && !found.isOutside) {
      throw cellError(file, places[row], imageColumn, found.fault);
    }
    const image = found !== null && "file" in found ? imageOf.get(found.file) : undefined;
    if (image === undefined) return;
    const before = rowOf.get(image);
    if (before !== undefined) {
      throw cellError(
        file,
        places[row],
        imageColumn,
        `the image ${cell} is named twice, first at ${places[before]}; keep one row an image`,
      );
    }
    rowOf.set(image, row);
  });
  if (rowOf.size > 0) return { rows: [...rowOf.values()], images: [...rowOf.keys()] };
  throw new CsnError(
    `Cannot use ${file}: its column "${imageColumn}" names no image of the set ${folder}; it must hold paths as in filenames.json, such as "${
      imageFiles[0]
    }"`,
  );
}

function singleValues(attribute: Exclude<Attribute, { kind: "multi" }>): string[] {
  return attribute.kind === "categorical"
    ? [...attribute.values]
    : attribute.values.map((value) => Number.isNaN(value) ? "" : String(value));
}
