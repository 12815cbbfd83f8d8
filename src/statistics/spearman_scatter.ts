import { averageRanks } from "./spearman.ts";
import type { Scatter } from "./unit_scatter.ts";

/** Two values of each pair of images. */
export interface PairedValues {
  /** [2 m]: the two images of each pair. */
  readonly pairs: ArrayLike<number>;
  /** [m] each: what is correlated. */
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/**
 * The scatter of Spearman's correlation over pairs of images, for other images of the same kind.
 * Pairs that share an image depend on each other, so their number says little.
 *
 * With F and G the shares of pairs below a pair's values (half of equal ones), the correlation is
 * cov(F, G) / sqrt(var F var G). Its influence function e (Hampel, The Influence Curve and Its Role
 * in Robust Estimation, JASA 1974) has what a pair adds to each of the three, F and G themselves
 * included. Then V = (sum of e_p e_q over all pairs p and q that share an image) / m^2, never less
 * than for independent pairs (Aronow, Samii, Assenova, Cluster-Robust Variance Estimation for
 * Dyadic Data, Political Analysis 2015), times U (U - 1) / (U - 2)^2 for U units, as in Arvesen's
 * jackknife of means over pairs (1969); and never less than of values that have nothing to do with
 * each other, of as strong a correlation by Fisher's transformation. `groups` numbers each image's
 * group: then those are the units.
 */
export function spearmanScatter(values: PairedValues, groups?: ArrayLike<number>): Scatter {
  const { pairs, a, b } = values;
  const sumsOf = (each: Float64Array) => pairSums(each, pairs, groups);
  const [shares, others] = [sharesBelow(a), sharesBelow(b)];
  const { one, both, units } = sumsOf(influencesOf(a, b, shares, others));
  const [f, g] = [shares, others].map((each) => each.map((share) => share - 0.5));
  const counts = sumsOf(new Float64Array(a.length).fill(1));
  const squaresOfBoth = sumOfSquares(f) * sumOfSquares(g);
  const correlation = f.reduce((sum, each, pair) => sum + each * g[pair], 0) /
    Math.sqrt(squaresOfBoth);
  const unrelated = sumOfUnrelated(counts, sumsOf(f), sumsOf(g)) / squaresOfBoth *
    (1 - correlation ** 2) ** 2;
  const related = Math.max(one + both, both) / a.length ** 2;
  return {
    variance: units * (units - 1) / (units - 2) ** 2 * Math.max(related, unrelated),
    units,
  };
}

/** Sums of v_p v_q over pairs p and q of images (also p = q), by the units that they share. */
interface PairSums {
  /** Over those that share one. */
  readonly one: number;
  /** Over those that share two, or lie within one and the same. */
  readonly both: number;
  readonly units: number;
}

function pairSums(
  values: Float64Array,
  pairs: ArrayLike<number>,
  groups?: ArrayLike<number>,
): PairSums {
  const ofUnit = new Map<number, number>();
  /** By the two units of a pair; those within a unit share it alone. */
  const ofBoth = new Map<number, Map<number, number>>();
  let within = 0;
  values.forEach((each, pair) => {
    const [one, other] = [pairs[2 * pair], pairs[2 * pair + 1]]
      .map((image) => groups?.[image] ?? image).sort((a, b) => a - b);
    add(ofUnit, one, each);
    if (one === other) return within += each * each;
    add(ofUnit, other, each);
    const others = ofBoth.get(one) ?? new Map<number, number>();
    ofBoth.set(one, others);
    add(others, other, each);
  });
  const both = ofBoth.values().reduce((sum, others) => sum + squares(others), 0);
  return { one: squares(ofUnit) - 2 * both - within, both: both + within, units: ofUnit.size };
}

/**
 * The variance of sum F_p G_p where the two values have nothing to do with each other: the sum over
 * pairs p and q of cov(F_p, F_q) cov(G_p, G_q), each covariance the mean over pairs that share as
 * many units. Influences are all but 0 there, and their variance too small.
 */
function sumOfUnrelated(counts: PairSums, f: PairSums, g: PairSums): number {
  const ofOne = counts.one === 0 ? 0 : Math.max(0, f.one) * Math.max(0, g.one) / counts.one;
  return ofOne + f.both * g.both / counts.both;
}

/**
 * What each pair adds to Spearman's correlation, [m]; 0 on average. `f` and `g` are the shares of
 * pairs below it.
 */
function influencesOf(
  a: Float64Array,
  b: Float64Array,
  f: Float64Array,
  g: Float64Array,
): Float64Array {
  const [fa, ga, gf] = [meansAbove(a, f), meansAbove(b, g), meansAbove(a, g)];
  const fg = meansAbove(b, f);
  const mean = (value: (pair: number) => number) => {
    let sum = 0;
    for (let pair = 0; pair < a.length; pair++) sum += value(pair);
    return sum / a.length;
  };
  const [ofF, ofG] = [mean((p) => f[p] * f[p]), mean((p) => g[p] * g[p])];
  const together = mean((p) => f[p] * g[p]);
  // Shares below have the mean 1/2.
  const [varF, varG, covariance] = [ofF - 0.25, ofG - 0.25, together - 0.25];
  const scale = Math.sqrt(varF * varG);
  return Float64Array.from(f, (_, p) => {
    const toCovariance = f[p] * g[p] + gf[p] + fg[p] - 3 * together;
    const toVarF = f[p] * f[p] + 2 * fa[p] - 3 * ofF;
    const toVarG = g[p] * g[p] + 2 * ga[p] - 3 * ofG;
    return toCovariance / scale -
      covariance / scale * (toVarF / varF + toVarG / varG) / 2;
  });
}

/** The share of values below each, half of equal ones. */
function sharesBelow(values: Float64Array): Float64Array {
  return averageRanks(values).map((rank) => (rank - 0.5) / values.length);
}

/** For each of `values` the sum of `of` over larger ones and half of equal ones, over m. */
function meansAbove(values: Float64Array, of: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((p, q) => values[q] - values[p]);
  const means = new Float64Array(values.length);
  let above = 0;
  for (let from = 0; from < order.length;) {
    let [upTo, equal] = [from, 0];
    while (upTo < order.length && values[order[upTo]] === values[order[from]]) {
      equal += of[order[upTo++]];
    }
    for (let at = from; at < upTo; at++) means[order[at]] = (above + equal / 2) / order.length;
    above += equal;
    from = upTo;
  }
  return means;
}

function add(sums: Map<number, number>, key: number, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function sumOfSquares(values: Float64Array): number {
  return values.reduce((sum, each) => sum + each * each, 0);
}

function squares(sums: ReadonlyMap<number, number>): number {
  return sums.values().reduce((total, sum) => total + sum * sum, 0);
}
