import { call, callAsync } from "../tensor/call.ts";
import { add, matmul, multiply, subtract, sum, toDType, transpose } from "../tensor/operators.ts";
import { scope } from "../tensor/scope.ts";
import { Tensor } from "../tensor/tensor.ts";

/** A classifier on standardised vectors. */
export interface LogisticRegression {
  /** Mean of each dimension of the vectors it was fitted on, [D]. */
  readonly mean: Float64Array;
  /** Standard deviation of each dimension, [D]; 1 where it is 0. */
  readonly deviation: Float64Array;
  /** [D + 1, classes] in C order: a row a dimension, then the intercepts. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** How many classes it distinguishes. */
  readonly classes: number;
  /** Steps that fitting took. */
  readonly steps: number;
}

/** Steps after which fitting ends in any case. */
const mostSteps = 500;

/** Fitting ends when a step is expected to lower the mean loss by less than this, in nats. */
const leastGain = 1e-7;

/**
 * Fits a multinomial logistic regression to `vectors` [n, dimension] and `labels` [n] (0 to classes
 * - 1): the minimum of the mean cross entropy plus |weights|^2 / (2 n) without the intercepts,
 * which is scikit-learn's default strength (C = 1). No random numbers are in it.
 *
 * The step solves with a fixed upper bound of the Hessian, X'X / (2 n) for every class (Böhning,
 * Multinomial logistic regression algorithm, 1992), so it needs no line search; Nesterov's
 * momentum, begun again when it leads uphill (O'Donoghue and Candès, 2015), makes it quick.
 */
export async function fitLogisticRegression(
  vectors: Float32Array,
  dimension: number,
  labels: Uint32Array,
  classes: number,
  signal?: AbortSignal,
): Promise<LogisticRegression> {
  const count = labels.length;
  const { mean, deviation } = momentsOf(vectors, dimension);
  using x = Tensor.from(standardised(vectors, mean, deviation), { shape: [count, dimension + 1] });
  using xt = scope(() => transpose(x));
  using target = Tensor.from(oneHot(labels, classes), { shape: [count, classes] });
  using penalty = Tensor.from(penaltyOf(dimension, count), { shape: [dimension + 1, 1] });
  using inverse = scope(() => inverseBound(x, penalty, count));
  let weights = Tensor.from(new Float32Array((dimension + 1) * classes), {
    shape: [dimension + 1, classes],
  });
  let ahead = add(weights, 0);
  let [momentum, steps] = [1, 0];
  try {
    for (let gain = Infinity; steps < mostSteps && gain > leastGain; steps++) {
      signal?.throwIfAborted();
      using logits = await callAsync("aten::matmul", x, ahead);
      using guessed = await callAsync("aten::softmax.int", logits, 1);
      using wrongBy = subtract(guessed, target);
      using raw = await callAsync("aten::matmul", xt, wrongBy);
      const step = scope(() => {
        const gradient = add(multiply(raw, 1 / count), multiply(ahead, penalty));
        const down = matmul(inverse, gradient);
        const next = subtract(ahead, down);
        const moved = subtract(next, weights);
        const isUphill = sum(multiply(gradient, moved)).item() > 0;
        const following = isUphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
        const share = isUphill ? 0 : (momentum - 1) / following;
        return {
          next,
          ahead: add(next, multiply(moved, share)),
          momentum: following,
          gain: sum(multiply(gradient, down)).item() / 2,
        };
      });
      weights.dispose();
      ahead.dispose();
      ({ next: weights, ahead, momentum, gain } = step);
    }
    return {
      mean,
      deviation,
      weights: weights.data() as Float32Array<ArrayBuffer>,
      classes,
      steps,
    };
  } finally {
    weights.dispose();
    ahead.dispose();
  }
}

/** The likeliest class of each of `vectors` [n, D]. */
export function predict(model: LogisticRegression, vectors: Float32Array): Uint32Array {
  const { mean, deviation, weights, classes } = model;
  const width = mean.length + 1;
  const rows = standardised(vectors, mean, deviation);
  return scope(() => {
    const x = Tensor.from(rows, { shape: [rows.length / width, width] });
    const logits = matmul(x, Tensor.from(weights, { shape: [width, classes] }));
    const best = toDType(call("aten::argmax", logits, 1), "int32");
    return Uint32Array.from(best.data() as Int32Array);
  });
}

/** Inverse of the bound of the Hessian. */
function inverseBound(x: Tensor, penalty: Tensor, count: number): Tensor {
  const exact = toDType(x, "float64");
  const squares = multiply(matmul(transpose(exact), exact), 1 / (2 * count));
  const bound = add(
    squares,
    call("aten::diag", toDType(call("aten::squeeze", penalty), "float64")),
  );
  return toDType(call("aten::linalg_inv", bound), "float32");
}

/** Mean and standard deviation of each column. */
function momentsOf(
  vectors: Float32Array,
  dimension: number,
): { mean: Float64Array; deviation: Float64Array } {
  const count = vectors.length / dimension;
  const mean = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  vectors.forEach((value, at) => mean[at % dimension] += value / count);
  vectors.forEach((value, at) =>
    squares[at % dimension] += (value - mean[at % dimension]) ** 2 / count
  );
  return { mean, deviation: squares.map((square) => Math.sqrt(square) || 1) };
}

/**
 * The vectors in units of the deviation about the mean, each with a 1 for the intercept: [n, D +
 * 1].
 */
function standardised(
  vectors: Float32Array,
  mean: Float64Array,
  deviation: Float64Array,
): Float32Array<ArrayBuffer> {
  const dimension = mean.length;
  const rows = new Float32Array(vectors.length / dimension * (dimension + 1)).fill(1);
  vectors.forEach((value, at) => {
    const column = at % dimension;
    rows[at + Math.floor(at / dimension)] = (value - mean[column]) / deviation[column];
  });
  return rows;
}

function oneHot(labels: Uint32Array, classes: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => rows[row * classes + label] = 1);
  return rows;
}

/** Weight of each row's square in the objective: intercepts are free. */
function penaltyOf(dimension: number, count: number): Float32Array<ArrayBuffer> {
  return new Float32Array(dimension + 1).fill(1 / count, 0, dimension);
}
