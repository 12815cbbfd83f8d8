import { colourAt, seriesColour, viridis } from "../../../report/charts/palette.ts";
import type { PointValues } from "../../protocol.ts";

/** The colour of each point, and what colours mean. */
export interface Colouring {
  /** [n]: of each point, "#rrggbb". */
  readonly colours: readonly string[];
  readonly legend: Legend;
}

/** What colours mean. */
export type Legend =
  | { readonly kind: "none" }
  | { readonly kind: "values"; readonly entries: readonly LegendEntry[] }
  | {
    readonly kind: "scale";
    readonly low: number;
    readonly high: number;
    /** Evenly spaced colours from low to high. */
    readonly steps: readonly string[];
    /** How many points have no number. */
    readonly unknown: number;
  };

/** A colour and what it means. */
export interface LegendEntry {
  readonly colour: string;
  readonly label: string;
  readonly count: number;
}

/** Of points about which nothing is known, and of values that are too rare for a colour. */
export const [unknownColour, otherColour] = ["#9a9da3", "#6f737a"];

/** Colours that people can tell apart. */
const mostColours = 7;

/** More different numbers are shown on a scale. */
const fewNumbers = 7;

/** Colours by a column's values: a palette for words, a scale for numbers. */
export function colouringOf(values: PointValues | null, count: number): Colouring {
  if (values === null) {
    return { colours: new Array(count).fill(seriesColour(0)), legend: { kind: "none" } };
  }
  const numbers = values.values.map((text) => text === "" ? NaN : Number(text));
  const known = numbers.filter((_, code) => values.values[code] !== "");
  const isNumeric = known.length > fewNumbers && known.every(Number.isFinite);
  return isNumeric ? byScale(values, numbers) : byPalette(values);
}

function byScale({ codes }: PointValues, numbers: readonly number[]): Colouring {
  const known = numbers.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const colourOf = numbers.map((value) =>
    Number.isFinite(value) ? colourAt(viridis, (value - low) / (high - low)) : unknownColour
  );
  const unknown = codes.reduce((sum, code) => sum + (Number.isFinite(numbers[code]) ? 0 : 1), 0);
  return {
    colours: codes.map((code) => colourOf[code]),
    legend: { kind: "scale", low, high, steps: viridis, unknown },
  };
}

function byPalette({ values, codes }: PointValues): Colouring {
  const counts = new Array<number>(values.length).fill(0);
  for (const code of codes) counts[code]++;
  const known = [...values.keys()].filter((code) => values[code] !== "" && counts[code] > 0);
  const frequent = known.toSorted((a, b) => counts[b] - counts[a] || a - b).slice(0, mostColours)
    // The same value keeps its colour when others come to the fore.
    .sort((a, b) => byName(values[a], values[b]));
  const rare = known.filter((code) => !frequent.includes(code));
  const colourOf = values.map((text, code) => {
    const place = frequent.indexOf(code);
    return place >= 0 ? seriesColour(place) : text === "" ? unknownColour : otherColour;
  });
  const sum = (some: readonly number[]) => some.reduce((total, code) => total + counts[code], 0);
  const unknown = values.indexOf("");
  const entries: LegendEntry[] = [
    ...frequent.map((code) => ({
      colour: colourOf[code],
      label: values[code],
      count: counts[code],
    })),
    ...rare.length > 0
      ? [{ colour: otherColour, label: `${rare.length} other values`, count: sum(rare) }]
      : [],
    ...unknown >= 0 && counts[unknown] > 0
      ? [{ colour: unknownColour, label: "not known", count: counts[unknown] }]
      : [],
  ];
  return { colours: codes.map((code) => colourOf[code]), legend: { kind: "values", entries } };
}

/** Numbers by their size, words by their letters. */
function byName(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  return Number.isFinite(x) && Number.isFinite(y) ? x - y : a.localeCompare(b, "en");
}
