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
  readonly weights: Float64Array<ArrayBuffer>;
  /** How many classes it distinguishes. */
  readonly classes: number;
  /** Steps that fitting took. */
  readonly steps: number;
}

/** Steps after which fitting ends in any case. */
const mostSteps = 1000;

/** Fitting ends when the objective is at most this far above its minimum, in nats. */
const tolerance = 1e-9;

/** Pairs of step and change of the gradient from which L-BFGS knows the curvature. */
const memory = 10;

/** An objective at some weights [D + 1, classes]. */
interface Evaluated {
  readonly weights: Float64Array<ArrayBuffer>;
  readonly loss: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** A step that was made, and by how much the gradient changed along it. */
interface Curvature {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** How many times the bound is as large as the curvature along it. */
  readonly slack: number;
}

/**
 * Fits a multinomial logistic regression to `vectors` [n, dimension] and `labels` [n] (0 to classes
 * - 1): the minimum of the mean cross entropy plus |weights|^2 / (2 n) without the intercepts,
 * which is scikit-learn's default strength (C = 1). No random numbers are in it.
 *
 * It is L-BFGS (Nocedal and Wright, Numerical Optimization, 2006, algorithm 7.4) in double
 * precision. It begins with the inverse of a fixed upper bound of the Hessian, X'X / (2 n) for
 * every class (Böhning, Multinomial logistic regression algorithm, 1992), scaled by the curvature
 * along the last step. The penalty makes the objective strongly convex by 1 / n, so it lies at most
 * n |gradient|^2 / 2 above its minimum: fitting ends where that is below 1e-9 nats, or where
 * rounding lets no step go down.
 */
export async function fitLogisticRegression(
  vectors: Float32Array,
  dimension: number,
  labels: Uint32Array,
  classes: number,
  signal?: AbortSignal,
): Promise<LogisticRegression> {
  const { mean, deviation } = momentsOf(vectors, dimension);
  using objective = new Objective(standardised(vectors, mean, deviation), labels, classes);
  const past: Curvature[] = [];
  let at = await objective.evaluate(new Float64Array((dimension + 1) * classes));
  let steps = 0;
  while (steps < mostSteps && labels.length * dot(at.gradient, at.gradient) / 2 > tolerance) {
    signal?.throwIfAborted();
    const next = await stepDown(objective, at, descent(objective, at.gradient, past));
    if (next === null) break;
    steps++;
    const step = plus(next.weights, -1, at.weights);
    const change = plus(next.gradient, -1, at.gradient);
    const product = dot(step, change);
    if (product > 0) {
      past.push({ step, change, slack: product / dot(change, objective.scaled(change)) });
    }
    if (past.length > memory) past.shift();
    at = next;
  }
  return { mean, deviation, weights: Float64Array.from(at.weights), classes, steps };
}

/** Mean cross entropy with its penalty, and its gradient. */
class Objective implements Disposable {
  readonly #x: Tensor;
  readonly #transposed: Tensor;
  readonly #target: Tensor;
  readonly #inverse: Tensor;
  readonly #count: number;
  readonly #shape: readonly [rows: number, classes: number];

  /** `rows` [n, D + 1], the last column of ones. */
  constructor(rows: Float64Array<ArrayBuffer>, labels: Uint32Array, classes: number) {
    const [count, width] = [labels.length, rows.length / labels.length];
    this.#count = count;
    this.#shape = [width, classes];
    this.#x = Tensor.from(rows, { shape: [count, width] });
    this.#transposed = scope(() => transpose(this.#x));
    this.#target = Tensor.from(oneHot(labels, classes), { shape: [count, classes] });
    this.#inverse = scope(() => inverseBound(this.#x, penaltyOf(width, count)));
  }

  async evaluate(weights: Float64Array<ArrayBuffer>): Promise<Evaluated> {
    using given = Tensor.from(weights, { shape: this.#shape });
    using logits = await callAsync("aten::matmul", this.#x, given);
    using logarithms = await callAsync("aten::log_softmax.int", logits, 1);
    using wrongBy = scope(() => subtract(call("aten::exp", logarithms), this.#target));
    using raw = await callAsync("aten::matmul", this.#transposed, wrongBy);
    const gradient = Float64Array.from(raw.data() as Float64Array, (each) => each / this.#count);
    let loss = scope(() => -sum(multiply(logarithms, this.#target)).item() / this.#count);
    // The last row holds the intercepts, which are free.
    for (let i = 0; i < weights.length - this.#shape[1]; i++) {
      loss += weights[i] ** 2 / (2 * this.#count);
      gradient[i] += weights[i] / this.#count;
    }
    return { weights, loss, gradient };
  }

  /** The inverse of the Hessian's bound, times a gradient. */
  scaled(gradient: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    return scope(() => {
      const given = Tensor.from(gradient, { shape: this.#shape });
      return Float64Array.from(matmul(this.#inverse, given).data() as Float64Array);
    });
  }

  [Symbol.dispose](): void {
    for (const each of [this.#x, this.#transposed, this.#target, this.#inverse]) each.dispose();
  }
}

/** The direction of L-BFGS: the inverse Hessian, as the past knows it, times minus the gradient. */
function descent(
  objective: Objective,
  gradient: Float64Array<ArrayBuffer>,
  past: readonly Curvature[],
): Float64Array<ArrayBuffer> {
  let rest = gradient.slice();
  const shares: number[] = [];
  for (const { step, change } of past.toReversed()) {
    const share = dot(step, rest) / dot(step, change);
    shares.push(share);
    rest = plus(rest, -share, change);
  }
  const slack = past.at(-1)?.slack ?? 1;
  let direction = objective.scaled(rest).map((each) => slack * each);
  for (const { step, change } of past) {
    const more = shares.pop()! - dot(change, direction) / dot(step, change);
    direction = plus(direction, more, step);
  }
  return direction.map((each) => -each);
}

/** Goes along a direction as far as the objective falls enough (Armijo); null where it does not. */
async function stepDown(
  objective: Objective,
  from: Evaluated,
  direction: Float64Array,
): Promise<Evaluated | null> {
  const slope = dot(from.gradient, direction);
  for (let share = 1; share > 1e-6; share /= 2) {
    const next = await objective.evaluate(plus(from.weights, share, direction));
    if (next.loss <= from.loss + 1e-4 * share * slope) return next;
  }
  return null;
}

/** a + share b. */
function plus(a: Float64Array, share: number, b: Float64Array): Float64Array<ArrayBuffer> {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i] + share * b[i];
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
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

/** Inverse of the bound of the Hessian, [D + 1, D + 1]. */
function inverseBound(x: Tensor, penalty: Float64Array<ArrayBuffer>): Tensor {
  const count = x.shape[0];
  const squares = multiply(matmul(transpose(x), x), 1 / (2 * count));
  const bound = add(squares, call("aten::diag", Tensor.from(penalty)));
  return call("aten::linalg_inv", bound);
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
): Float64Array<ArrayBuffer> {
  const dimension = mean.length;
  const rows = new Float64Array(vectors.length / dimension * (dimension + 1)).fill(1);
  vectors.forEach((value, at) => {
    const column = at % dimension;
    rows[at + Math.floor(at / dimension)] = (value - mean[column]) / deviation[column];
  });
  return rows;
}

function oneHot(labels: Uint32Array, classes: number): Float64Array<ArrayBuffer> {
  const rows = new Float64Array(labels.length * classes);
  labels.forEach((label, row) => rows[row * classes + label] = 1);
  return rows;
}

/** Curvature of each row's penalty: intercepts are free. */
function penaltyOf(width: number, count: number): Float64Array<ArrayBuffer> {
  return new Float64Array(width).fill(1 / count, 0, width - 1);
}
