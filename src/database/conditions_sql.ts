import type { MeantValues } from "../search/where.ts";
import type { Parameters } from "./parameters.ts";

/** Values of a column that conditions mean. */
export interface MeantCondition extends MeantValues {
  readonly column: string;
}

/** Conditions as SQL on the column `attributes`; "true" for none. */
export function conditionsSql(conditions: readonly MeantCondition[], add: Parameters): string {
  return conditions.map(({ column, values, isNegated }) => {
    const cell = `attributes -> ${add.add(column)}::text`;
    const hasOne = `${cell} ?| ${add.add([...values])}::text[]`;
    return isNegated ? `(jsonb_array_length(${cell}) > 0 and not ${hasOne})` : hasOne;
  }).join(" and ") || "true";
}
