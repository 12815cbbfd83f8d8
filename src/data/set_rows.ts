import { CsnError, UsageError } from "../errors.ts";
import { findImages } from "./find_images.ts";
import type { Remarks } from "./remarks.ts";
import { notionColumns } from "./set_notions.ts";
import type { SetPlan } from "./set_plan.ts";
import type { Dropped } from "./set_report.ts";
import { guessImageColumn } from "./table/guess_image_column.ts";
import { type Columns, loadColumns } from "./table/load_columns.ts";
import { openTable } from "./table/open_table.ts";

/** Share of the images that may be missing, as in `preparePack`. */
const tolerated = 0.01;

/** How many left out rows a report names. */
const shownRows = 3;

/** Reads the columns that the plan needs. */
export async function readPlanned(
  plan: SetPlan,
  _remarks: Remarks,
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

/** The rows that stay, and their images. */
export async function rowsWithImages(
  plan: SetPlan,
  columns: Columns,
  imageColumn: string,
  _remarks: Remarks,
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
