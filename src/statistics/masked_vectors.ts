import { activeDimensions } from "./mask_overlap.ts";

/**
 * torch.nn.functional.pairwise_distance adds this to each difference; training and testing measure
 * with it, so distances here do too.
 */
export const epsilon = 1e-6;

/**
 * Embeddings under one mask, without the dimensions that the mask leaves out: those add the same to
 * every distance.
 */
export class MaskedVectors {
  /** [n, width] in C order: the active dimensions, times the mask. */
  readonly rows: Float32Array;
  /** Active dimensions. */
  readonly width: number;
  readonly #ofTheRest: number;

  /** `vectors` [n, D] in C order, `mask` [D]. */
  constructor(vectors: Float32Array, mask: ArrayLike<number>) {
    const active = activeDimensions(mask);
    const count = vectors.length / mask.length;
    this.width = active.length;
    this.rows = new Float32Array(count * this.width);
    for (let row = 0, at = 0; row < count; row++) {
      const from = row * mask.length;
      for (const dimension of active) this.rows[at++] = mask[dimension] * vectors[from + dimension];
    }
    this.#ofTheRest = (mask.length - this.width) * epsilon * epsilon;
  }

  /** Square of the distance between rows number `a` and `b`; its order is that of the distances. */
  squaredDistance(a: number, b: number): number {
    return squares(this.rows, this.width, a, b) + this.#ofTheRest;
  }

  /** Squares of the distances between row number `query` and each of `others`. */
  squaredDistances(query: number, others: Uint32Array): Float64Array {
    const { rows, width } = this;
    const distances = new Float64Array(others.length);
    for (let at = 0; at < others.length; at++) {
      distances[at] = squares(rows, width, query, others[at]) + this.#ofTheRest;
    }
    return distances;
  }
}

function squares(rows: Float32Array, width: number, a: number, b: number): number {
  const [atA, atB] = [a * width, b * width];
  let sum = 0;
  for (let d = 0; d < width; d++) {
    const difference = rows[atA + d] - rows[atB + d] + epsilon;
    sum += difference * difference;
  }
  return sum;
}
