import { meanOf } from "../../../statistics/mean.ts";
import { pearson } from "../../../statistics/pearson.ts";
import type { Attribute } from "../../attribute.ts";

/** How strongly the values of one notion determine those of another. */
export interface Correlation {
  /** Their names. */
  readonly notions: readonly [string, string];
  /**
   * Cramer's V of two lists of categories, the correlation ratio of categories and numbers, or
   * Pearson's r of numbers.
   */
  readonly measure: "Cramer's V" | "correlation ratio" | "Pearson's r";
  /** From 0, independent, to 1; the amount alone of r. NaN where a notion has one value alone. */
  readonly value: number;
  /** Images of which both notions are known. */
  readonly images: number;
}

/**
 * The correlation of each pair of notions. Images with several values count by their combination.
 */
export function correlations(attributes: ReadonlyMap<string, Attribute>): Correlation[] {
  const columns = [...attributes].map(([name, attribute]) => ({
    name,
    ...comparable(attribute),
  }));
  return columns.flatMap((first, at) =>
    columns.slice(at + 1).map((second) => correlation(first, second))
  );
}

/** What a notion says of images, in numbers: of a category that of its name. */
interface Comparable {
  readonly values: Float64Array;
  readonly isNumber: boolean;
}

function comparable(attribute: Attribute): Comparable {
  if (attribute.kind === "ordinal") {
    return { values: Float64Array.from(attribute.values), isNumber: true };
  }
  const numbers = new Map<string, number>([["", NaN]]);
  const numberOf = (text: string) => numbers.getOrInsertComputed(text, () => numbers.size);
  if (attribute.kind === "categorical") {
    return { values: Float64Array.from(attribute.values, numberOf), isNumber: false };
  }
  // Images that have the same list of values may share the very list.
  const ofLists = new Map<readonly string[], number>();
  const numberOfList = (list: readonly string[]) => numberOf(list.toSorted().join("\0"));
  const values = Float64Array.from(
    attribute.values,
    (list) => ofLists.getOrInsertComputed(list, numberOfList),
  );
  return { values, isNumber: false };
}

function correlation(
  a: Comparable & { name: string },
  b: Comparable & { name: string },
): Correlation {
  const both: number[] = [];
  a.values.forEach((value, image) => {
    if (!Number.isNaN(value) && !Number.isNaN(b.values[image])) both.push(image);
  });
  const [x, y] = [a, b].map(({ values }) => Float64Array.from(both, (image) => values[image]));
  const shared = { notions: [a.name, b.name] as const, images: both.length };
  if (a.isNumber && b.isNumber) {
    return { ...shared, measure: "Pearson's r", value: Math.abs(pearson(x, y) ?? NaN) };
  }
  if (!a.isNumber && !b.isNumber) return { ...shared, measure: "Cramer's V", value: cramer(x, y) };
  const value = a.isNumber ? correlationRatio(y, x) : correlationRatio(x, y);
  return { ...shared, measure: "correlation ratio", value };
}

/**
 * sqrt(chi^2 / (n (min(r, c) - 1))) (Cramer, Mathematical Methods of Statistics, 1946, section
 * 21.9).
 */
export function cramer(x: Float64Array, y: Float64Array): number {
  const [rows, columns] = [countsOf(x), countsOf(y)];
  // chi^2 / n = sum of n_ij^2 / (n_i n_j) less 1, over the cells that are not empty.
  let sum = 0;
  const cells = countsOf(x.map((value, i) => value * 2 ** 26 + y[i]));
  for (const [key, count] of cells) {
    const column = key % 2 ** 26;
    sum += count ** 2 / (rows.get((key - column) / 2 ** 26)! * columns.get(column)!);
  }
  const smaller = Math.min(rows.size, columns.size) - 1;
  return smaller < 1 ? NaN : Math.sqrt(Math.max(0, sum - 1) / smaller);
}

/**
 * The share of the numbers' spread that lies between categories: sqrt(1 - within / total)
 * (Pearson's eta).
 */
export function correlationRatio(categories: Float64Array, numbers: Float64Array): number {
  const total = spread(numbers);
  const groups = Map.groupBy(numbers.keys(), (i) => categories[i]);
  let within = 0;
  for (const members of groups.values()) {
    within += spread(Float64Array.from(members, (i) => numbers[i]));
  }
  return total === 0 || groups.size < 2 ? NaN : Math.sqrt(Math.max(0, 1 - within / total));
}

function countsOf(values: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The sum of squared distances from the mean. */
function spread(values: Float64Array): number {
  const middle = meanOf(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}
