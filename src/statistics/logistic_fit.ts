/**
 * The coefficients b that make `targets` [n] (chances, 0 to 1) most likely as 1 / (1 + exp(-sum of
 * b_j x_j)): the minimum of the mean cross entropy over b, without any penalty. `columns` [p][n]
 * are the x_j; a column of ones gives an intercept. By Newton's method with steps that are halved
 * until the cross entropy falls, down to rounding. The minimum is there when every target lies
 * between 0 and 1 (see `smoothedTarget`) and no column is a sum of multiples of the others.
 */
export function fitLogistic(
  columns: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
): number[] {
  // In units of their size, so that the steps are as exact for small numbers as for large ones.
  const sizes = columns.map((column) => rootMeanSquare(column) || 1);
  const scaled = columns.map((column, j) => Float64Array.from(column, (x) => x / sizes[j]));
  let at = columns.map(() => 0);
  let loss = crossEntropy(logits(scaled, at), targets);
  for (let steps = 0; steps < mostSteps; steps++) {
    const { gradient, hessian } = slopes(scaled, targets, at);
    const direction = solve(hessian, gradient);
    const next = stepDown(scaled, targets, at, direction, loss);
    if (next === null) break;
    ({ at, loss } = next);
  }
  return at.map((b, j) => b / sizes[j]);
}

/** Newton's method needs some ten. */
const mostSteps = 100;

/**
 * What stands for "it is so" where it was so `count` times: (count + 1) / (count + 2), the chance
 * that it is so once more (Platt, Probabilistic Outputs for Support Vector Machines, 1999). With
 * targets of 1 the fit of what is never wrong would have no end.
 */
export function smoothedTarget(count: number): number {
  return (count + 1) / (count + 2);
}

/** The chance of a logit. */
export function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** The mean cross entropy of targets [n] under logits [n], in nats. */
export function crossEntropy(logits: ArrayLike<number>, targets: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    // log(1 + exp(z)) - t z, without overflow.
    sum += Math.max(0, logits[i]) + Math.log1p(Math.exp(-Math.abs(logits[i]))) -
      targets[i] * logits[i];
  }
  return sum / logits.length;
}

function stepDown(
  columns: readonly Float64Array[],
  targets: ArrayLike<number>,
  from: readonly number[],
  direction: readonly number[],
  before: number,
): { readonly at: number[]; readonly loss: number } | null {
  for (let share = 1; share > 1e-10; share /= 2) {
    const at = from.map((b, j) => b - share * direction[j]);
    const loss = crossEntropy(logits(columns, at), targets);
    if (loss < before) return { at, loss };
  }
  return null;
}

function slopes(
  columns: readonly Float64Array[],
  targets: ArrayLike<number>,
  at: readonly number[],
): { readonly gradient: number[]; readonly hessian: number[][] } {
  const gradient = columns.map(() => 0);
  const hessian = columns.map(() => columns.map(() => 0));
  logits(columns, at).forEach((logit, i) => {
    const chance = logistic(logit);
    columns.forEach((column, j) => {
      gradient[j] += (chance - targets[i]) * column[i];
      for (let k = 0; k <= j; k++) {
        hessian[j][k] += chance * (1 - chance) * column[i] * columns[k][i];
      }
    });
  });
  columns.forEach((_, j) => {
    for (let k = 0; k < j; k++) hessian[k][j] = hessian[j][k];
  });
  return { gradient, hessian };
}

function logits(columns: readonly Float64Array[], at: readonly number[]): Float64Array {
  return columns[0].map((_, i) => columns.reduce((sum, column, j) => sum + at[j] * column[i], 0));
}

/** Solves a small symmetric system by elimination; a pivot of 0 leaves its unknown at 0. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, j) => [...row, right[j]]);
  rows.forEach((pivot, j) => {
    rows.forEach((row, k) => {
      if (k === j || pivot[j] === 0) return;
      const times = row[j] / pivot[j];
      for (let column = j; column < row.length; column++) row[column] -= times * pivot[column];
    });
  });
  return rows.map((row, j) => row[j] === 0 ? 0 : row[row.length - 1] / row[j]);
}

function rootMeanSquare(column: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i] ** 2;
  return Math.sqrt(sum / column.length);
}
