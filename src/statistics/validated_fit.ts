import {
  fitNonNegative,
  type FittedRows,
  type NonNegativeOptions,
  rowSums,
} from "./non_negative_fit.ts";

/** Rows in parts, of which each is judged by weights that the others gave. */
export interface PartedRows {
  /** [n, p] in C order. */
  readonly values: Float64Array;
  /** p. */
  readonly width: number;
  /** [n]: the part of each row, from 0; at most 16 parts. */
  readonly part: ArrayLike<number>;
  /** [n]: bit i is set where the row must not be learned from to judge part i, as its own is. */
  readonly apart: ArrayLike<number>;
  /** How many parts there are: at least 3. */
  readonly parts: number;
}

/** Weights, with what they give to rows that they were not fitted to. */
export interface ValidatedFit {
  /** [p]: fitted to all rows, with the penalty that predicts best what is left out. */
  readonly weights: Float64Array<ArrayBuffer>;
  /** That penalty. */
  readonly penalty: number;
  /** [n]: each row's sum by weights that were fitted, and whose penalty was chosen, without its part. */
  readonly apart: Float64Array;
}

/** Penalties that are tried, and how much smaller each is than the one before. */
const [penalties, shrinking] = [15, 0.6];

/** Of fits that only judge: in units of the penalty. */
const tolerance = 1e-3;

/** So many smaller penalties must be worse before no more are tried. */
const patience = 2;

/**
 * Non-negative weights (see `fitNonNegative`) with a penalty that is chosen by cross-validation.
 * It is nested, so that `apart` is honest: for each part the penalty is chosen, by the mean of
 * log(1 + exp(-s)) over the other parts, and the weights are fitted, without that part. A fit
 * without the parts i and j serves the choice for both.
 */
export function fitValidated(rows: PartedRows): ValidatedFit {
  const subsets = subsetsOf(rows);
  const everything = Uint32Array.from({ length: rows.part.length }, (_, row) => row);
  const most = sizePenalty(rows);
  const choices = Array.from({ length: rows.parts + 1 }, () => new Choice());
  const apart = new Float64Array(rows.part.length);
  let begun = Infinity;
  for (let step = 0; step < penalties && most > 0; step++) {
    const penalty = most * shrinking ** (step + 1);
    for (const subset of subsets) subset.fit(rows, penalty);
    choices.forEach((choice, part) => {
      const judges = subsets.filter(({ out }) =>
        part === rows.parts ? out.length === 1 : out.length === 2 && out.includes(part)
      );
      const isBest = choice.offer(step, penalty, judgedLoss(rows, judges, part));
      if (!isBest || part === rows.parts) return;
      const { weights } = subsets.find(({ out }) => out.length === 1 && out[0] === part)!;
      const used = everything.filter((row) => rows.part[row] === part);
      rowSums({ ...rows, used }, weights).forEach((sum, i) => apart[used[i]] = sum);
    });
    // Before a penalty is so small that weights begin to count, nothing gets better.
    if (subsets.every(({ weights }) => weights.some((weight) => weight > 0))) {
      begun = Math.min(begun, step);
    }
    if (choices.every(({ at }) => step >= Math.max(at, begun) + patience)) break;
  }
  const { penalty } = choices[rows.parts];
  const weights = most > 0
    ? fitNonNegative({ ...rows, used: everything }, penalty)
    : new Float64Array(rows.width);
  return { weights, penalty, apart };
}

/**
 * A penalty that is large enough for all weights to be 0, whatever the signs of the rows are: what
 * is left out has no say in which penalties are tried.
 */
function sizePenalty({ values, width, part }: PartedRows): number {
  const sizes = new Float64Array(width);
  values.forEach((value, at) => sizes[at % width] += Math.abs(value));
  return Math.max(...sizes) / part.length / 2;
}

/** The best penalty so far; of equal ones the largest. */
class Choice {
  at = 0;
  penalty = 0;
  #loss = Infinity;

  /** Whether it is the best. */
  offer(at: number, penalty: number, loss: number): boolean {
    if (!(loss < this.#loss)) return false;
    this.#loss = loss;
    this.at = at;
    this.penalty = penalty;
    return true;
  }
}

/** The rows without one part or two, and the weights that they gave last. */
class Subset {
  readonly out: readonly number[];
  readonly #used: Uint32Array;
  weights: Float64Array<ArrayBuffer>;

  constructor({ apart, width }: PartedRows, out: readonly number[]) {
    const bits = out.reduce((bits, part) => bits | (1 << part), 0);
    this.out = out;
    this.#used = Uint32Array.from(
      Array.from(apart).flatMap((each, row) => (each & bits) === 0 ? [row] : []),
    );
    this.weights = new Float64Array(width);
  }

  fit(rows: PartedRows, penalty: number): void {
    if (this.#used.length === 0) return;
    const of: FittedRows = { ...rows, used: this.#used };
    const how: NonNegativeOptions = { start: this.weights, tolerance };
    this.weights = fitNonNegative(of, penalty, how);
  }
}

/** Without each part, and without each two. */
function subsetsOf(rows: PartedRows): Subset[] {
  const subsets: Subset[] = [];
  for (let i = 0; i < rows.parts; i++) {
    subsets.push(new Subset(rows, [i]));
    for (let j = 0; j < i; j++) subsets.push(new Subset(rows, [j, i]));
  }
  return subsets;
}

/**
 * The loss of what `judges` were not fitted to, but for part number `without`, and what is kept
 * apart from it.
 */
function judgedLoss(rows: PartedRows, judges: readonly Subset[], without: number): number {
  let loss = 0;
  for (const { out, weights } of judges) {
    const judged = out.find((part) => part !== without)!;
    const used = Uint32Array.from(
      Array.from(rows.part).flatMap((part, row) =>
        part === judged && (rows.apart[row] & (1 << without)) === 0 ? [row] : []
      ),
    );
    for (const sum of rowSums({ ...rows, used }, weights)) {
      loss += Math.max(0, -sum) + Math.log1p(Math.exp(-Math.abs(sum)));
    }
  }
  return loss;
}
