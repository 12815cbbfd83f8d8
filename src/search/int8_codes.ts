/** Embeddings as whole numbers of 8 bits. */
export interface Int8Codes {
  /** [N, D], from -127 to 127. */
  readonly codes: Int8Array<ArrayBuffer>;
  /** [D]: a value is its code times this, within half of it. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Codes of `vectors` [N, D], each dimension by its own scale. Throws nothing for what is not
 * finite, which no code stands for: `canBeCoded()` says so before.
 */
export function int8Codes(vectors: Float32Array, dimension: number): Int8Codes {
  const most = new Float32Array(dimension);
  for (let i = 0, d = 0; i < vectors.length; i++, d = d + 1 === dimension ? 0 : d + 1) {
    most[d] = Math.max(most[d], Math.abs(vectors[i]));
  }
  // Rounded up a little, so that the largest value is within half a step of code 127.
  const scales = most.map((value) => value / 127 * (1 + 1e-6));
  const codes = new Int8Array(vectors.length);
  for (let i = 0, d = 0; i < vectors.length; i++, d = d + 1 === dimension ? 0 : d + 1) {
    codes[i] = scales[d] === 0 ? 0 : Math.round(vectors[i] / scales[d]);
  }
  return { codes, scales };
}
