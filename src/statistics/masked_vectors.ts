import { activeDimensions } from "./mask_overlap.ts";

/**
 * torch.nn.functional.pairwise_distance adds this to each difference; training and testing measure with it,
 * so distances here do too.
 */
export const epsilon = 1e-6;

/** Embeddings under one mask, without the dimensions that the mask leaves out: those add the same to every distance. */
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
    const { rows, width } = this;
    let squares = this.#ofTheRest;
    for (let i = a * width, j = b * width, end = i + width; i < end; i++, j++) {
      const difference = rows[i] - rows[j] + epsilon;
      squares += difference * difference;
    }
    return squares;
  }
}
