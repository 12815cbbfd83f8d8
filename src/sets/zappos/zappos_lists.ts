import { csvLine } from "../../files/csv_line.ts";
import { CsnError } from "../../base/errors.ts";
import { removeAll } from "../../files/exists.ts";
import type { Listener } from "../../base/listener.ts";
import { basename, extname, join } from "../../files/paths.ts";
import { buildSet } from "../make/build_set.ts";
import type { TripletCounts } from "../make/set_plan.ts";
import type { SetReport } from "../make/set_report.ts";
import { listImages } from "../../images/list_images.ts";
import type { ColumnRule } from "../make/notions/rule.ts";
import { zappos } from "../set_file.ts";
import { loadColumns } from "../make/table/load_columns.ts";
import { openTable } from "../make/table/open_table.ts";

/** What lists are built from. */
export interface ZapposListsOptions {
  /** Path of UT Austin's meta-data.csv. */
  readonly metaData: string;
  /** The folder that holds Boots, Sandals, Shoes and Slippers. */
  readonly images: string;
  /** How set.json names that folder. */
  readonly imagesField: string;
  /** Triplets of each notion. @default {the paper's} */
  readonly triplets?: TripletCounts;
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
}

/** Seed of splits and triplets: one for all, so that results on these lists can be compared. */
const seed = 1;

/** The bins of heel heights, from low to high. */
const heels = ["flat", "under-1in", "1in", "2in", "3in", "4in", "5in"];

/**
 * A notion: the column it comes from, and its value for a text there; null where the paper uses
 * none.
 */
interface Source {
  readonly column: string;
  readonly value: (text: string) => string | null;
  readonly rule: ColumnRule;
}

/** The notions in the paper's order (section 4.1), with the values that it uses. */
const sources: Readonly<Record<string, Source>> = {
  class: {
    column: "Category",
    value: oneOf(["Shoes", "Boots", "Sandals", "Slippers"]),
    rule: { type: "categorical" },
  },
  closure: {
    column: "Closure",
    value: oneOf(["Buckle", "Pull-on", "Slip-On", "Hook and Loop", "Lace up"]),
    rule: { type: "categorical" },
  },
  gender: {
    column: "Gender",
    value: oneOf(["Women", "Men", "Girls", "Boys"]),
    rule: { type: "categorical" },
  },
  heel: {
    column: "HeelHeight",
    value: heelOf,
    // The paper gives no rule for heels; this is csn's own.
    rule: { type: "ordinal", order: heels, alike: 0, unlike: 2 },
  },
};

/**
 * Builds lists of the paper's four notions from UT Austin's attributes and puts them into `target`:
 * what the paper's authors did, as far as the paper says, though their lists were others. Images
 * with several values for a notion are left out of it. The table that the lists are drawn from
 * stays as `zappos.csv`.
 *
 * Throws a CsnError when the attributes are not what UT Austin's are.
 */
export async function buildZapposLists(
  target: string,
  options: ZapposListsOptions,
): Promise<SetReport> {
  const { listener, signal } = options;
  const work = join(target, ".get-data.lists");
  await removeAll(work);
  try {
    await Deno.mkdir(work);
    const table = join(work, "zappos.csv");
    await Deno.writeTextFile(table, await zapposTable(options));
    const report = await buildSet(
      work,
      {
        attributes: table,
        images: options.images,
        rules: Object.fromEntries(
          Object.entries(sources).map(([notion, { rule }]) => [notion, rule]),
        ),
        seed,
        triplets: options.triplets,
      },
      {
        name: zappos.name!,
        images: options.imagesField,
        flip: zappos.flip,
        about:
          "UT Zappos50K (non-commercial, academic use) with triplet lists that csn drew from its attributes, not the paper's own; heels are alike in the same of seven bins and unlike from two bins apart, csn's choice",
        made: { by: "get-data zappos" },
      },
      { listener, signal },
    );
    await removeAll(join(target, "tripletlists"));
    // filenames.json last: it marks the lists as complete.
    for (
      const name of ["tripletlists", "zappos.csv", "attributes.csv", "set.json", "filenames.json"]
    ) {
      await Deno.rename(join(work, name), join(target, name));
    }
    return report;
  } finally {
    await removeAll(work);
  }
}

/** A line for each image that has a value: its file, and what each notion says. */
async function zapposTable(
  { metaData, images, listener, signal }: ZapposListsOptions,
): Promise<string> {
  const table = await openTable(metaData);
  const column = (wanted: string) => {
    const found = table.columns.find((name) => name.toLowerCase() === wanted.toLowerCase());
    if (found !== undefined) return found;
    throw new CsnError(
      `Cannot build triplet lists from ${metaData}: it has no column "${wanted}" but ${
        table.columns.join(", ")
      }; UT Austin's meta-data.csv lies in ut-zap50k-data.zip`,
    );
  };
  const id = column("CID");
  const columns = Object.values(sources).map((source) => ({
    ...source,
    name: column(source.column),
  }));
  const { cells } = await loadColumns(table, [id, ...columns.map(({ name }) => name)], signal);
  const files = new Map(
    (await listImages(images)).map((file) => [basename(file, extname(file)), file]),
  );
  const lines: string[] = [];
  let [missing, several] = [0, 0];
  cells.get(id)!.forEach((cid, row) => {
    // CID 100627-72 is the file 100627.72.jpg.
    const file = files.get(String(cid).replace("-", "."));
    if (file === undefined) {
      missing++;
      return;
    }
    const values = columns.map(({ name, value }) => {
      const parts = partsOf(String(cells.get(name)![row]));
      if (parts.length > 1) several++;
      return parts.length === 1 ? value(parts[0]) ?? "" : "";
    });
    if (values.some((value) => value !== "")) lines.push(csvLine([file, ...values]));
  });
  listener?.notice?.(
    `${lines.length} images have values that the paper uses; ${several} cells with several values are left out, and ${missing} rows whose image is not there`,
  );
  return csvLine(["file", ...Object.keys(sources)]) + lines.join("");
}

/** The different values in a cell. */
function partsOf(cell: string): string[] {
  const parts = cell.split(";").map((part) => part.trim()).filter((part) => part !== "");
  return [...new Map(parts.map((part) => [plain(part), part])).values()];
}

/** Without what spellings differ in. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function oneOf(values: readonly string[]): (text: string) => string | null {
  const known = new Map(values.map((value) => [plain(value), value]));
  return (text) => known.get(plain(text)) ?? null;
}

/** "Flat", "Under 1in", "1in - 1 3/4in" to "4in - 4 3/4in" and "5in & over". */
function heelOf(text: string): string | null {
  const words = text.toLowerCase();
  if (/^flat/.test(words)) return "flat";
  if (/^under/.test(words)) return "under-1in";
  const inches = /^([1-5])(?![0-9])/.exec(words)?.[1];
  return inches === undefined ? null : `${inches}in`;
}
