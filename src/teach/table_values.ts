import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import type { Attribute } from "../sets/attribute.ts";
import { examinePlan } from "../sets/make/build_set.ts";
import type { NotionSummary } from "../sets/make/set_report.ts";
import type { SetPlan } from "../sets/make/set_plan.ts";
import { openTable } from "../sets/make/table/open_table.ts";

/** A table of values and how it is read. */
export interface ValuesPlan extends
  Pick<
    SetPlan,
    | "acceptGuesses"
    | "allowMissing"
    | "columns"
    | "delimiter"
    | "encoding"
    | "images"
    | "imageColumn"
    | "rules"
    | "sheet"
    | "skipBadLines"
  > {
  /** The table, a row an image. */
  readonly table: string;
  /** The column of values. */
  readonly column: string;
}

/** What a table says of embedded images. */
export interface TableValues {
  /** The value of each image, in the order of the names. */
  readonly attribute: Attribute;
  /** How the column was understood. */
  readonly notion: NotionSummary;
  /** Rows of the table whose image is not among the names. */
  readonly others: number;
}

/**
 * Reads values of images from a table as `makeTriplets` does, with its guesses and refusals; of a
 * list of values that people gave, as `ValuesFile` keeps it, those that count, without guesses.
 * `names` are paths relative to the plan's folder of images. A warning counts rows whose image is
 * not among them.
 */
export async function readTableValues(
  names: readonly string[],
  { table, column, ...plan }: ValuesPlan,
  options: { readonly listener?: Listener; readonly signal?: AbortSignal } = {},
): Promise<TableValues> {
  const asked = {
    ...await withGivenValues(plan, table, column),
    attributes: table,
    notions: [column],
  };
  const { found, values, summary } = await examinePlan(asked, { ...options, isSplit: false });
  const [[, { attribute }]] = values;
  const places = new Map(found.files.map((file, place) => [file, place]));
  const placeOf = names.map((name) => places.get(name));
  const known = placeOf.filter((place) => place !== undefined).length;
  const others = found.files.length - known;
  if (known === 0) {
    throw new CsnError(
      `Cannot take values from ${table}: none of its ${found.files.length} images is among those that are embedded; name the images that it is about with \`among\``,
    );
  }
  if (others > 0) {
    options.listener?.warning?.(
      `${others} of the ${found.files.length} images of ${table} are not among those that are embedded: their values are left out`,
    );
  }
  return { attribute: spread(attribute, placeOf), notion: summary.notions[0], others };
}

/**
 * The plan for a list of values that people gave, where it is one: each value is a value, also
 * "none" and "1", unless the plan says otherwise.
 */
async function withGivenValues<Plan extends Omit<ValuesPlan, "table" | "column">>(
  plan: Plan,
  table: string,
  column: string,
): Promise<Plan> {
  const { givenValues } = await openTable(table, plan);
  if (givenValues?.value !== column) return plan;
  const rule = { type: "categorical", missing: [], ...plan.rules?.[column] } as const;
  return {
    ...plan,
    imageColumn: plan.imageColumn ?? givenValues.file,
    rules: { ...plan.rules, [column]: rule },
  };
}

/** An attribute of the images at `placeOf`, and of nothing where that is undefined. */
function spread(attribute: Attribute, placeOf: readonly (number | undefined)[]): Attribute {
  const of = <Value>(values: readonly Value[], unknown: Value) =>
    placeOf.map((place) => place === undefined ? unknown : values[place]);
  switch (attribute.kind) {
    case "categorical":
      return { ...attribute, values: of(attribute.values, "") };
    case "ordinal":
      return { ...attribute, values: of(attribute.values, NaN) };
    case "multi":
      return { ...attribute, values: of<readonly string[]>(attribute.values, []) };
  }
}
