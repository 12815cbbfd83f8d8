import { checkRules } from "../sets/make/notions/read_rules.ts";
import type { ColumnRule, Rule } from "../sets/make/notions/rule.ts";
import { UsageError } from "../base/errors.ts";

const types: readonly Rule["type"][] = ["categorical", "multi", "ordinal", "numeric"];

/**
 * Reads `--notion`: a column, or a column with its type, such as `label:categorical`, which goes
 * into its rule. Throws a UsageError when the rules name another type, and a CsnError when a field
 * of theirs has no meaning for this one.
 */
export function typedNotions(
  given: readonly string[] = [],
  rules: Readonly<Record<string, ColumnRule>> = {},
): { notions: string[]; rules: Record<string, ColumnRule> } {
  const typed: Record<string, ColumnRule> = { ...rules };
  const notions = given.map((text) => {
    const at = text.lastIndexOf(":");
    const type = types.find((one) => one === text.slice(at + 1));
    if (at <= 0 || type === undefined) return text;
    const column = text.slice(0, at);
    const before = typed[column]?.type;
    if (before !== undefined && before !== type) {
      throw new UsageError(
        `Cannot take column "${column}" as ${type} (--notion ${text}): it is ${before} in ${
          rules[column]?.type === undefined ? "another --notion" : "the rules"
        }; keep one of them`,
      );
    }
    typed[column] = { ...typed[column], type };
    return column;
  });
  return { notions, rules: checkRules(typed, "--notion and --rules") };
}
