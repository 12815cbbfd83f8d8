import { CsnError } from "../../base/errors.ts";
import { type Split, splits } from "../image_set.ts";
import type { Remarks } from "./remarks.ts";
import type { Columns } from "./table/load_columns.ts";
import { splitNames } from "./table/split_names.ts";
import type { TableSurvey } from "./table/survey_table.ts";
import { isUnknownText } from "./table/unknown_text.ts";

/** Names of columns that hold splits, whatever their values. */
const usualName = /^(?:data_?)?(?:split|partition|subset|set|fold|phase|usage)s?$/i;

/** Values of a column that an error names. */
const shownValues = 5;

/** The splits that a column gives. */
export interface GivenSplits {
  /** By row of the table; null where none is given. */
  readonly splits: readonly (Split | null)[];
  /** Which value means which split, in words. */
  readonly understood: string;
}

/** Reads a column of splits. Throws a CsnError that names values which mean none. */
export function readSplits({ file, cells }: Columns, column: string): GivenSplits {
  const texts = cells.get(column)!.map((cell) => typeof cell === "string" ? cell : cell.join(";"));
  const { splits: known, unknown } = splitNames(texts.filter((text) => !isUnknownText(text)));
  if (unknown.length > 0) {
    const named = unknown.slice(0, shownValues).map((value) => `"${value}"`).join(", ");
    throw new CsnError(
      `Cannot take the splits from column "${column}" of ${file}: ${named}${
        unknown.length > shownValues ? ", ..." : ""
      } ${
        unknown.length === 1 ? "is" : "are"
      } none; it must hold train, val (or valid, validation, dev) and test (or eval), or 0, 1 and 2 in this order`,
    );
  }
  const meanings = splits.flatMap((split) => {
    const values = [...known].filter(([, meant]) => meant === split).map(([value]) => value);
    return values.length === 0
      ? []
      : [`${values.join(" and ")} ${values.length === 1 ? "is" : "are"} ${split}`];
  });
  return {
    splits: texts.map((text) => known.get(text) ?? null),
    understood: `column "${column}" gives the splits: ${meanings.join(", ")}`,
  };
}

/** Warns of a column that holds splits but was not asked for. */
export function pointOutSplits(
  { columns }: TableSurvey,
  asked: readonly string[],
  remarks: Remarks,
): void {
  for (const { name, values } of columns) {
    if (values === null || asked.includes(name)) continue;
    const texts = [...values.keys()].filter((value) => !isUnknownText(value));
    const { splits: known, unknown } = splitNames(texts);
    const found = new Set(known.values());
    const areWords = texts.every((text) => !/^\d/.test(text));
    if (unknown.length > 0 || found.size < 2 || !found.has("train")) continue;
    if (!areWords && !usualName.test(name)) continue;
    remarks.warn(
      `column "${name}" looks like given splits (${
        texts.map((text) => `${text} ${values.get(text)}`).join(", ")
      }) and is not used: pass \`splitColumn: ${JSON.stringify(name)}\` to take them`,
    );
  }
}

/** Warns of groups whose images are in several of the given splits. */
export function warnOfSplitGroups(
  column: string,
  groups: readonly string[],
  given: readonly Split[],
  remarks: Remarks,
): void {
  const found = new Map<string, Set<Split>>();
  groups.forEach((group, image) => {
    const of = found.get(group);
    if (of === undefined) found.set(group, new Set([given[image]]));
    else of.add(given[image]);
  });
  const several = [...found].filter(([, of]) => of.size > 1);
  if (several.length === 0) return;
  const [[group, of]] = several;
  remarks.warn(
    `${several.length} of the ${found.size} groups of column "${column}" are in several of the given splits, such as "${group}" in ${
      [...of].join(" and ")
    }: the test is not on unknown groups`,
  );
}
