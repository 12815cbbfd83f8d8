import { logistic } from "./logistic_fit.ts";

/** What non-negative weights are fitted to: n rows of p numbers. */
export interface FittedRows {
  /** [n, p] in C order. */
  readonly values: Float64Array;
  /** p. */
  readonly width: number;
  /** [m]: which rows count, each once. */
  readonly used: Uint32Array;
}

/** How a fit begins and ends. */
export interface NonNegativeOptions {
  /** [p]: where it begins. @default {all 0} */
  readonly start?: ArrayLike<number>;
  /** How far from 0 the slope of the loss may be at the end, in units of the penalty. @default {1e-9} */
  readonly tolerance?: number;
}

/** Newton's method needs some five. */
const mostSteps = 200;

/**
 * The weights w [p], none below 0, that make each row's sum s = sum of w_j x_j most likely above 0:
 * the minimum of the mean of log(1 + exp(-s)) over the rows, plus `penalty` times the sum of the
 * weights. The loss is convex, so this is the optimum whatever `start` [p] is.
 *
 * By Newton's method: each step minimises the loss's second-order expansion over weights that are
 * not negative, coordinate by coordinate, and is halved until the loss falls (proximal Newton, Lee,
 * Sun and Saunders, SIAM Journal on Optimization 2014). The penalty must be above 0, or the loss of
 * rows that can all be right would have no minimum.
 */
export function fitNonNegative(
  rows: FittedRows,
  penalty: number,
  { start = new Float64Array(rows.width), tolerance = 1e-9 }: NonNegativeOptions = {},
): Float64Array<ArrayBuffer> {
  let weights = Float64Array.from(start);
  let state = stateAt(rows, weights, penalty);
  for (let step = 0; step < mostSteps; step++) {
    const slopes = slopesAt(rows, state.sums, penalty);
    const free = freeColumns(weights, slopes, tolerance * penalty);
    if (free === null) break;
    const hessian = hessianAt(rows, state.sums, free);
    const move = newtonMove({ hessian, slopes, weights, free });
    const next = moved(rows, penalty, { weights, free, move, slopes, loss: state.loss });
    if (next === null) break;
    ({ weights, state } = next);
  }
  return weights;
}

/** The penalty from which on all weights are 0: half the largest mean of a column, or 0. */
export function largestPenalty({ values, width, used }: FittedRows): number {
  const means = new Float64Array(width);
  for (const row of used) for (let j = 0; j < width; j++) means[j] += values[row * width + j];
  return Math.max(0, ...means) / used.length / 2;
}

/** [m]: the sums of the used rows under weights. */
export function rowSums({ values, width, used }: FittedRows, weights: Float64Array): Float64Array {
  const active = activeColumns(weights);
  return Float64Array.from(used, (row) => {
    let sum = 0;
    for (const j of active) sum += weights[j] * values[row * width + j];
    return sum;
  });
}

interface State {
  readonly sums: Float64Array;
  readonly loss: number;
}

function stateAt(rows: FittedRows, weights: Float64Array, penalty: number): State {
  const sums = rowSums(rows, weights);
  let loss = 0;
  // log(1 + exp(-s)), without overflow.
  for (const sum of sums) loss += Math.max(0, -sum) + Math.log1p(Math.exp(-Math.abs(sum)));
  loss /= sums.length;
  for (const weight of weights) loss += penalty * weight;
  return { sums, loss };
}

function slopesAt(
  { values, width, used }: FittedRows,
  sums: Float64Array,
  penalty: number,
): Float64Array {
  const slopes = new Float64Array(width);
  for (let i = 0; i < used.length; i++) {
    const wrong = logistic(-sums[i]) / used.length;
    const from = used[i] * width;
    for (let j = 0; j < width; j++) slopes[j] -= wrong * values[from + j];
  }
  for (let j = 0; j < width; j++) slopes[j] += penalty;
  return slopes;
}

/** The columns whose weights can move; null at the optimum. */
function freeColumns(
  weights: Float64Array,
  slopes: Float64Array,
  least: number,
): number[] | null {
  let isOptimum = true;
  const free: number[] = [];
  weights.forEach((weight, j) => {
    if (weight === 0 && slopes[j] >= -least) return;
    free.push(j);
    if (Math.abs(slopes[j]) > least) isOptimum = false;
  });
  return isOptimum ? null : free;
}

/** [f, f]: the second derivatives of the mean loss by the free weights. */
function hessianAt(
  { values, width, used }: FittedRows,
  sums: Float64Array,
  free: readonly number[],
): Float64Array {
  const size = free.length;
  const hessian = new Float64Array(size * size);
  const row = new Float64Array(size);
  for (let i = 0; i < used.length; i++) {
    const chance = logistic(sums[i]);
    const curvature = chance * (1 - chance) / used.length;
    const from = used[i] * width;
    for (let a = 0; a < size; a++) row[a] = values[from + free[a]];
    for (let a = 0; a < size; a++) {
      const part = curvature * row[a];
      for (let b = 0; b <= a; b++) hessian[a * size + b] += part * row[b];
    }
  }
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < a; b++) hessian[b * size + a] = hessian[a * size + b];
  }
  return hessian;
}

/** Sweeps over the coordinates; each costs f^2, little beside the Hessian. */
const mostSweeps = 500;

/** [f]: the move of the free weights to the minimum of the expansion, where none falls below 0. */
function newtonMove(
  { hessian, slopes, weights, free }: {
    readonly hessian: Float64Array;
    readonly slopes: Float64Array;
    readonly weights: Float64Array;
    readonly free: readonly number[];
  },
): Float64Array {
  const size = free.length;
  const move = new Float64Array(size);
  // The expansion's slope at the move so far.
  const slope = Float64Array.from(free, (j) => slopes[j]);
  let trace = 0;
  for (let a = 0; a < size; a++) trace += hessian[a * size + a];
  // Columns that are sums of multiples of others have no one minimum; this much picks one.
  const ridge = 1e-10 * trace / size + Number.MIN_VALUE;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let largest = 0;
    for (let a = 0; a < size; a++) {
      const curvature = hessian[a * size + a] + ridge;
      const wanted = move[a] - (slope[a] + ridge * move[a]) / curvature;
      const change = Math.max(-weights[free[a]], wanted) - move[a];
      if (change === 0) continue;
      move[a] += change;
      for (let b = 0; b < size; b++) slope[b] += change * hessian[a * size + b];
      largest = Math.max(largest, change * change * curvature);
    }
    if (largest < 1e-22) break;
  }
  return move;
}

/** The weights after as much of a move as makes the loss fall; null where nothing does. */
function moved(
  rows: FittedRows,
  penalty: number,
  { weights, free, move, slopes, loss }: {
    readonly weights: Float64Array;
    readonly free: readonly number[];
    readonly move: Float64Array;
    readonly slopes: Float64Array;
    readonly loss: number;
  },
): { readonly weights: Float64Array<ArrayBuffer>; readonly state: State } | null {
  const promised = free.reduce((sum, j, a) => sum + slopes[j] * move[a], 0);
  for (let share = 1; share > 1e-10; share /= 2) {
    const next = Float64Array.from(weights);
    free.forEach((j, a) => next[j] = Math.max(0, weights[j] + share * move[a]));
    const state = stateAt(rows, next, penalty);
    if (state.loss < loss && state.loss <= loss + 1e-4 * share * promised) {
      return { weights: next, state };
    }
  }
  return null;
}

function activeColumns(weights: Float64Array): number[] {
  const active: number[] = [];
  weights.forEach((weight, j) => {
    if (weight > 0) active.push(j);
  });
  return active;
}
