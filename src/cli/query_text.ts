import type { HitChances } from "../search/calibration.ts";
import type { ExplainedNeighbour, ScoredNeighbour } from "../search/neighbour.ts";
import type { CountedNotion, SearchResult } from "../search/search.ts";
import type { Condition } from "../search/where.ts";
import { percent, table } from "./format.ts";

/** What `query` prints: the hits, what each notion adds to each, and what was done. */
export function queryText(result: SearchResult, conditions: readonly Condition[]): string {
  const { hits, by } = result;
  const isScore = by.some(({ weight }) => weight < 0);
  const several = by.length > 1 ? by : [];
  const valueText = valueTextOf(hits.map(valueOf));
  const calibrated = chancesIn(result);
  const rows = hits.map((hit, i) => [
    String(i + 1),
    valueText(valueOf(hit)),
    ...several.map(({ notion }) => percent(hit.shares[notion])),
    ...calibrated.map(({ notion, chance }) => chanceText(hit.chances?.[notion]?.[chance])),
    hit.dimensions.map(({ dimension }) => dimension).join(" "),
    hit.name,
  ]);
  const headers = [
    "",
    isScore ? "score" : "distance",
    ...several.map(({ notion }) => notion),
    ...calibrated.map(({ notion, chance }) => by.length > 1 ? `${chance} ${notion}` : chance),
    "dimensions",
    "image",
  ];
  return [
    table(headers, rows),
    "",
    ...measuredText(by),
    ...chancesText(calibrated),
    ...combineText(result),
    comparedText(result, conditions),
  ].join("\n");
}

function valueOf(hit: ExplainedNeighbour | ScoredNeighbour): number {
  return "score" in hit ? hit.score : hit.distance;
}

/** Distances below this have more than four digits behind the point; above the other, an exponent. */
const [shortLeast, shortMost] = [1e-3, 1e7];

/** How the values of one table are written: alike, with four digits or more of the largest. */
function valueTextOf(values: readonly number[]): (value: number) => string {
  const most = Math.max(0, ...values.map(Math.abs));
  if (most === 0 || most >= shortLeast && most < shortMost) return (value) => value.toFixed(4);
  const digits = 3 - Math.floor(Math.log10(most));
  return digits < 0 || digits > 10
    ? (value) => value.toExponential(3)
    : (value) => value.toFixed(digits);
}

/** A chance that hits have. */
interface ShownChance {
  readonly notion: string;
  readonly chance: keyof HitChances;
}

/** The chances that any hit has. */
function chancesIn({ hits, by }: SearchResult): ShownChance[] {
  return by.flatMap(({ notion }) =>
    (["nearer", "same"] as const).flatMap((chance) =>
      hits.some(({ chances }) => (chances?.[notion]?.[chance] ?? null) !== null)
        ? [{ notion, chance }]
        : []
    )
  );
}

function chanceText(chance: number | null | undefined): string {
  return chance === null || chance === undefined ? "-" : `${(100 * chance).toFixed(1)} %`;
}

function chancesText(shown: readonly ShownChance[]): string[] {
  const has = (one: keyof HitChances) => shown.some(({ chance }) => chance === one);
  return [
    ...has("nearer")
      ? [
        "nearer: the chance that a person who judges by the notion calls it nearer than an image at the median distance",
      ]
      : [],
    ...has("same") ? ["same: the chance that it has the same value"] : [],
  ];
}

/** How notions counted: nothing for one that counts as it is. */
export function measuredText(by: readonly CountedNotion[]): string[] {
  if (by.length === 1 && by[0].scale === null && by[0].weight === 1) return [];
  const weights = by.map(({ notion, weight }) => `${notion} ${weight}`).join(", ");
  const lines = [`weights of the squared distances: ${weights}`];
  if (by.some(({ weight }) => weight < 0)) {
    lines.push(
      "a score is no distance: what notions to be unlike by add is subtracted; the lowest is best",
    );
  }
  if (by.some(({ scale }) => scale === null)) {
    return [...lines, by.length > 1 ? "raw: not balanced" : "not balanced: one notion alone"];
  }
  const scales = by.map(({ notion, scale }) => `${notion} ${scale!.toPrecision(3)}`).join(", ");
  return [
    ...lines,
    `balanced: squared distances divided by their medians, ${scales}`,
  ];
}

function combineText({ combine }: SearchResult): string[] {
  if (combine === null) return [];
  return [
    combine === "mean"
      ? "several images: compared with their mean embedding"
      : "several images: each hit's distance is that to the image that is farthest from it",
  ];
}

/** How many images were compared, and which. */
export function comparedText(
  { compared, among }: SearchResult,
  conditions: readonly Condition[],
): string {
  const where = conditions
    .map(({ column, operator, values }) => `${column}${operator}${values.join(",")}`).join(", ");
  if (where !== "") return `compared with ${compared} of ${among} images: where ${where}`;
  return compared === among
    ? `compared with ${among} images`
    : `compared with ${compared} of ${among} images`;
}
