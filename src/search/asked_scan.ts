/** What is asked of a scan, examined. */
import { CsnError, UsageError } from "../base/errors.ts";
import { epsilon } from "../statistics/masked_vectors.ts";
import { checkK } from "./check_k.ts";
import type { EmbeddingMatrix } from "./embedding_matrix.ts";
import type { Ranking, Terms } from "./plain_scan.ts";

/** A notion's mask [D] and how often its squared distance counts. */
export interface ScanTerm {
  /** Its mask. */
  readonly mask: Float32Array;
  /** Below 0 for a notion to be unlike by. */
  readonly weight: number;
}

/**
 * What rows are ordered by: a notion's mask [D], a mixture of notions, or a weight [D] of each
 * dimension's squared difference. Weights may be negative.
 */
export type Measure =
  | { readonly mask: Float32Array }
  | { readonly terms: readonly ScanTerm[] }
  | { readonly weights: ArrayLike<number> };

/** Which rows are asked for. */
export interface ScanOptions {
  /** The most that are given of each query. @default {10} */
  readonly k?: number;
  /** [N]: rows where it is 0 are left out. */
  readonly keep?: Uint8Array;
  /** Stops it between two groups of queries; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** The rows of a matrix with the least scores of each of `queries` [Q, D]: see `scan()`. */
export type Scan = (
  matrix: EmbeddingMatrix,
  queries: Float32Array,
  measure: Measure,
  options?: ScanOptions,
) => Promise<Ranking[]>;

/**
 * What rows are ordered by, as terms. Throws a UsageError for a `k` or weights that cannot be, a
 * CsnError for what does not fit together.
 */
export function termsAsked(
  matrix: EmbeddingMatrix,
  queries: Float32Array,
  measure: Measure,
  { k = 10, keep }: ScanOptions,
): Terms {
  checkK(k);
  checkShapes(matrix, queries, keep);
  return termsOf(measure, matrix.dimension);
}

function checkShapes(
  { count, dimension }: EmbeddingMatrix,
  queries: Float32Array,
  keep: Uint8Array | undefined,
): void {
  if (dimension === 0 || queries.length % dimension !== 0) {
    throw new CsnError(
      `Cannot find neighbours: the queries have ${queries.length} numbers, no multiple of the ${dimension} dimensions of the embeddings`,
    );
  }
  if (keep !== undefined && keep.length !== count) {
    throw new CsnError(
      `Cannot find neighbours: \`keep\` is of ${keep.length} embeddings, there are ${count}`,
    );
  }
  const broken = queries.findIndex((value) => !Number.isFinite(value));
  if (broken === -1) return;
  throw new CsnError(
    `Cannot find neighbours: query ${Math.floor(broken / dimension)} holds ${
      queries[broken]
    }, to which nothing has a distance; leave it out`,
  );
}

function termsOf(measure: Measure, dimension: number): Terms {
  if ("weights" in measure) {
    const weights = checkedNumbers("the weights", measure.weights, dimension);
    const ones = new Float64Array(dimension).fill(1);
    return { factors: Float64Array.of(1), weights, masks: ones, epsilon: 0 };
  }
  const terms = "terms" in measure ? measure.terms : [{ mask: measure.mask, weight: 1 }];
  const masks = terms.map(({ mask }) => checkedNumbers("a mask", mask, dimension));
  const factors = terms.map(({ weight }) => weight);
  return {
    factors: checkedNumbers("the mixture's weights", factors, terms.length),
    weights: new Float64Array(terms.length * dimension).fill(1),
    masks: Float64Array.from(masks.flatMap((mask) => [...mask])),
    epsilon,
  };
}

function checkedNumbers(
  what: string,
  given: ArrayLike<number>,
  length: number,
): Float64Array<ArrayBuffer> {
  if (given.length !== length) {
    throw new CsnError(
      `Cannot compare embeddings of ${length} dimensions: found ${given.length} numbers as ${what}`,
    );
  }
  const values = Float64Array.from(given);
  const broken = values.find((value) => !Number.isFinite(value));
  if (broken === undefined) return values;
  throw new UsageError(
    `Cannot compare embeddings: found ${broken} among ${what}; pass finite numbers`,
  );
}
