import { UsageError } from "../../base/errors.ts";
import { assertNotionNames } from "../notion_names.ts";
import { type ReadNotion, readNotion } from "./notions/read_notion.ts";
import type { NotionRule } from "./notions/rule.ts";
import type { Remarks } from "./remarks.ts";
import { isNotionName } from "../set_file.ts";
import { ruleOf, type SetPlan } from "./set_plan.ts";
import type { Columns } from "./table/load_columns.ts";

/** Columns of a set's attributes.csv besides its notions. */
const ownColumns = ["file", "split"];

/**
 * Columns that are notions, each once: those that are named, then those that have a rule, then the
 * folders'.
 */
export function notionColumns({ notions = [], rules = {}, folders }: SetPlan): string[] {
  return [
    ...new Set([...notions, ...Object.keys(rules), ...(folders === undefined ? [] : [folders])]),
  ];
}

/**
 * The notions of a set, with their columns as they are compared. Throws a UsageError for a name
 * that cannot be, and a CsnError for a rule that the cells contradict.
 */
export function notionsOf(
  plan: SetPlan,
  columns: Columns,
  rows: readonly number[],
  remarks: Remarks,
): ReadNotion[] {
  const read = notionColumns(plan).map((column) =>
    readNotion(column, columns, rows, ruleOf(plan, column), remarks)
  );
  const notions = read.map(({ notion }) => notion);
  assertNames(notions);
  return read;
}

function assertNames(notions: readonly NotionRule[]): void {
  notions.forEach(({ name, column }, at) => {
    if (!isNotionName(name)) {
      throw new UsageError(
        `Cannot call the notion of column "${column}" "${name}": a name has letters, digits, "_", "-" and "."; give it another with "name" in \`rules\``,
      );
    }
    if (ownColumns.includes(name)) {
      throw new UsageError(
        `Cannot call the notion of column "${column}" "${name}": attributes.csv of the set has such a column of its own; give it another with "name" in \`rules\``,
      );
    }
    const other = notions.slice(0, at).find((earlier) => earlier.name === name);
    if (other !== undefined) {
      throw new UsageError(
        `Cannot call two notions "${name}", those of the columns "${other.column}" and "${column}"; give one another name with "name" in \`rules\``,
      );
    }
  });
  assertNotionNames(
    notions.map(({ name }) => name),
    "Cannot name the notions",
    'give one another name with "name" in `rules`',
  );
}
