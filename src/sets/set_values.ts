import { CsnError, messageOf, shown } from "../base/errors.ts";
import { isFile } from "../files/exists.ts";
import { join } from "../files/paths.ts";
import type { ValueColumns } from "../search/where.ts";
import type { Attribute } from "./attribute.ts";
import { type ImageSet, type Split, splits } from "./image_set.ts";
import { attributeOf } from "./make/notions/attribute_of.ts";
import { checkRules } from "./make/notions/read_rules.ts";
import type { ColumnRule, Rule } from "./make/notions/rule.ts";
import { type Columns, loadColumns } from "./make/table/load_columns.ts";
import type { NotionSummary } from "./make/set_report.ts";
import { openTable } from "./make/table/open_table.ts";
import { cellError } from "./make/table/table.ts";
import { NamedColumns } from "./named_columns.ts";

/** What a set knows of its images besides triplets. */
export interface SetValues {
  /** By notion: which images are alike and which unlike. */
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** By notion: each image's value as the table spells it, "" when it is not known. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** The split of each image. */
  readonly splits: readonly Split[];
  /** The group of each image by which the set was split, "" when it has none; null without groups. */
  readonly groups: { readonly column: string; readonly texts: readonly string[] } | null;
  /** By what the table calls a column, where that is another name: the notion that it became. */
  readonly notionOf: ReadonlyMap<string, string>;
}

/**
 * Reads the values from which a set's lists were drawn: `attributes.csv`, by the rules in
 * `set.json`. Null for a set that has none, such as the paper's lists of Zappos50k. Throws a
 * CsnError for files that contradict each other.
 *
 * @example Look up an image's values
 * ```ts
 * import { openImageSet, readSetValues } from "@csn/csn/sets";
 *
 * const set = await openImageSet("data/mine");
 * const values = await readSetValues(set);
 * console.log(set.imageFiles[0], values?.texts.get("colour")?.[0], values?.splits[0]);
 * ```
 */
export async function readSetValues(set: ImageSet): Promise<SetValues | null> {
  const described = await readDescription(set.folder);
  const rules = described === null ? null : rulesOf(described, join(set.folder, "set.json"));
  const file = join(set.folder, "attributes.csv");
  if (rules === null || !await isFile(file)) return null;
  const table = await openTable(file, { delimiter: "," });
  const { groupColumn, groups } = described!.made ?? {};
  const grouped = typeof groupColumn === "string" && typeof groups === "string"
    ? { column: groupColumn, header: groups }
    : null;
  const columns = await loadColumns(table, [
    ...["file", "split", ...set.notions],
    ...grouped === null ? [] : [grouped.header],
  ]);
  const files = columns.cells.get("file")!;
  const differs = set.imageFiles.findIndex((path, image) => files[image] !== path);
  if (differs !== -1 || files.length !== set.imageFiles.length) {
    throw new CsnError(
      `Cannot use ${file}: its rows are not the images of ${
        join(set.folder, "filenames.json")
      }, from image ${Math.max(differs, 0)} on; build the set again`,
    );
  }
  const rows = files.map((_, row) => row);
  const values = new Map(
    set.notions.map((name) => {
      const rule = rules.get(name);
      if (rule === undefined) {
        throw new CsnError(
          `Cannot use ${file}: set.json has no rule of the notion "${name}"; build the set again`,
        );
      }
      assertParted(file, name, rule, described!);
      return [name, attributeOf({ name, column: name, rule, guessed: [] }, columns, rows, 1)];
    }),
  );
  return {
    attributes: new Map([...values].map(([name, { attribute }]) => [name, attribute])),
    texts: new Map([...values].map(([name, { texts }]) => [name, texts])),
    splits: splitsOf(columns),
    groups: grouped === null
      ? null
      : { column: grouped.column, texts: columns.cells.get(grouped.header)!.map(String) },
    notionOf: new Map(
      Object.entries(described!.made!.rules as Record<string, ColumnRule>)
        .flatMap(([column, { name }]) =>
          name === undefined || name === column ? [] : [[column, name]]
        ),
    ),
  };
}

/**
 * The columns by which a search among the set's images can be narrowed: its notions, "split", and
 * the groups by which it was split. A notion is found by the name of its column in the table, too.
 */
export function valueColumns(
  { attributes, texts, splits, groups, notionOf }: SetValues,
): ValueColumns {
  const columns = new NamedColumns(notionOf);
  for (const [notion, attribute] of attributes) {
    columns.set(
      notion,
      attribute.kind === "multi" ? attribute.values : texts.get(notion)!.map(known),
    );
  }
  columns.set("split", splits.map((split) => [split]));
  // A notion that was made of the same column says as much.
  if (groups !== null && columns.get(groups.column) === undefined) {
    columns.set(groups.column, groups.texts.map(known));
  }
  return columns;
}

/** A cell's values: none where it is empty. */
function known(text: string): readonly string[] {
  return text === "" ? [] : [text];
}

/** The notion that a column of the table became from which a set was made; null if not known. */
export async function notionOfColumn(folder: string, column: string): Promise<string | null> {
  try {
    const described = JSON.parse(await Deno.readTextFile(join(folder, "set.json")));
    const rules = described.made.rules;
    const name = Object.hasOwn(rules, column) ? rules[column].name : null;
    return typeof name === "string" ? name : null;
  } catch {
    // It only helps a message.
    return null;
  }
}

function splitsOf({ file, places, cells }: Columns): readonly Split[] {
  const found = cells.get("split")!;
  const wrong = found.findIndex((cell) => !splits.includes(cell as Split));
  if (wrong === -1) return found as readonly Split[];
  const what = `${shown(found[wrong])} is none of ${splits.join(", ")}; build the set again`;
  throw cellError(file, places[wrong], "split", what);
}

/** What a rule that csn has applied says, by its type. */
const neededFields: Readonly<Record<string, readonly (keyof ColumnRule)[]>> = {
  multi: ["separator"],
  ordinal: ["order", "alike", "unlike"],
  numeric: ["alike", "unlike"],
};

/** What set.json says of how a set was made. */
interface Description {
  readonly made?: {
    readonly rules?: unknown;
    /** The table's column of groups, and what attributes.csv calls it. */
    readonly groupColumn?: unknown;
    readonly groups?: unknown;
  };
  readonly report?: { readonly notions?: readonly NotionSummary[] };
}

/** Null for a set without set.json. */
async function readDescription(folder: string): Promise<Description | null> {
  const file = join(folder, "set.json");
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new CsnError(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Early versions of csn joined lists by a separator that their values could hold, so that other
 * values are read back than the lists were drawn from.
 */
function assertParted(file: string, name: string, rule: Rule, { report }: Description): void {
  if (rule.type !== "multi" || !Array.isArray(report?.notions)) return;
  const values = report.notions.find((notion) => notion.name === name)?.values;
  if (!Array.isArray(values)) return;
  const held = values.map(({ value }) => String(value))
    .filter((value) => value.includes(rule.separator));
  if (held.length === 0) return;
  throw new CsnError(
    `Cannot use ${file}: ${held.length} of the ${values.length} values of the notion "${name}" hold ${
      shown(rule.separator)
    }, which separates its lists there (${shown(held[0])}); build the set again`,
  );
}

/** The rule of each notion; null for a set that was not built from a table. */
function rulesOf(described: Description, file: string): Map<string, Rule> | null {
  const rules = described.made?.rules;
  if (rules === undefined) return null;
  return new Map(
    Object.entries(checkRules(rules, file)).map(([column, rule]) => {
      const { name, ...own } = rule;
      const missing = neededFields[rule.type ?? ""]?.find((field) => rule[field] === undefined);
      if (name !== undefined && rule.type !== undefined && missing === undefined) {
        return [name, own as Rule];
      }
      throw new CsnError(
        `Cannot use the rules in ${file}: column "${column}" has no "${
          name === undefined ? "name" : missing ?? "type"
        }"; build the set again`,
      );
    }),
  );
}
