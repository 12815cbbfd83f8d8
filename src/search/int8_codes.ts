import { CsnError } from "../base/errors.ts";

/** Embeddings as whole numbers of 8 bits. */
export interface Int8Codes {
  /** [N, D], from -127 to 127. */
  readonly codes: Int8Array<ArrayBuffer>;
  /** [D]: a value is its code times this, within half of it. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Codes of `vectors` [N, D], each dimension by its own scale. Throws a CsnError for what is not
 * finite, which no code stands for.
 */
export function int8Codes(vectors: Float32Array, dimension: number): Int8Codes {
  const broken = vectors.findIndex((value) => !Number.isFinite(value));
  if (broken !== -1) {
    throw new CsnError(
      `Cannot code embeddings as int8: number ${Math.floor(broken / dimension)} holds ${
        vectors[broken]
      }; leave it out, or keep them as float32 or float16`,
    );
  }
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
