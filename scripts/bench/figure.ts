/** Measurements of csn alone, against what is aimed at. */
import { median } from "./comparison.ts";

/** What was measured, of csn alone. */
export interface Figure {
  /** The piece of work: "five maps with pictures, dragged". */
  readonly work: string;
  readonly unit: "s" | "ms" | "frames/s" | "MB";
  /** The median, and what 9 of 10 are at least as good as. */
  readonly median: number;
  readonly most: number;
  /** What it is to be at least as good as by `most`; null where nothing is aimed at. */
  readonly aim: number | null;
  /** How often it was measured. */
  readonly repeats: number;
}

/** Sums measurements up. There must be one at least. */
export function figureOf(
  work: Pick<Figure, "work" | "unit" | "aim">,
  values: readonly number[],
): Figure {
  const isCost = work.unit !== "frames/s";
  // From the best to the worst.
  const sorted = values.toSorted((a, b) => isCost ? a - b : b - a);
  const most = sorted[Math.ceil(0.9 * sorted.length) - 1];
  return { ...work, median: median(values), most, repeats: values.length };
}

/** Whether a figure is as good as is aimed at; null where nothing is. */
export function meetsAim({ unit, most, aim }: Figure): boolean | null {
  if (aim === null) return null;
  return unit === "frames/s" ? most >= aim : most <= aim;
}
