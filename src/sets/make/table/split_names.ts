import type { Split } from "../../image_set.ts";

/** How splits are called; "eval" is what is left of val and test. */
const names: ReadonlyMap<string, Split> = new Map(Object.entries(
  {
    train: "train",
    training: "train",
    trn: "train",
    val: "val",
    valid: "val",
    validation: "val",
    dev: "val",
    development: "val",
    test: "test",
    testing: "test",
    tst: "test",
  } as const,
));

/** How CelebA's list_eval_partition.txt numbers them. */
const numbers: ReadonlyMap<string, Split> = new Map(
  Object.entries({ "0": "train", "1": "val", "2": "test" } as const),
);

/** "eval" is test, or val where there is a test. */
const evaluations = ["eval", "evaluation"];

/** Which split each value means, and values that mean none. */
export interface SplitNames {
  readonly splits: ReadonlyMap<string, Split>;
  readonly unknown: readonly string[];
}

/**
 * Understands the values of a column of splits, whatever their case; numbers only when all are 0, 1
 * or 2.
 */
export function splitNames(values: Iterable<string>): SplitNames {
  const all = [...new Set(values)];
  const plain = (value: string) => value.trim().toLowerCase();
  const areNumbers = all.length > 0 && all.every((value) => numbers.has(numberOf(value)));
  const known = areNumbers ? numbers : names;
  const key = (value: string) => areNumbers ? numberOf(value) : plain(value);
  const hasTest = all.some((value) => known.get(key(value)) === "test");
  const hasVal = all.some((value) => known.get(key(value)) === "val");
  const splits = new Map<string, Split>();
  for (const value of all) {
    const isEvaluation = evaluations.includes(plain(value)) && !(hasTest && hasVal);
    const split = isEvaluation ? hasTest ? "val" : "test" : known.get(key(value));
    if (split !== undefined) splits.set(value, split);
  }
  return { splits, unknown: all.filter((value) => !splits.has(value)) };
}

/** A whole number without what spreadsheets and pandas add to it. */
function numberOf(value: string): string {
  return value.trim().replace(/\.0+$/, "");
}
