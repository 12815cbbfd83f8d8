import { CsnError } from "../base/errors.ts";

/** Embeddings as whole numbers of 8 bits. */
export interface Int8Codes {
  /** [N, D], from -127 to 127. */
  readonly codes: Int8Array<ArrayBuffer>;
  /** [D]: a value is its code times this, within half of it. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Codes of `vectors` [N, D], each dimension by its own scale. Rows of NaN alone, of images that are
 * missing, have codes of 0: whatever is measured of them is not a number, and so never among the
 * nearest. Throws a CsnError for what else is not finite, which no code stands for.
 */
export function int8Codes(vectors: Float32Array, dimension: number): Int8Codes {
  const isMissing = missingRows(vectors, dimension);
  const broken = vectors.findIndex((value, i) =>
    !Number.isFinite(value) && isMissing[Math.floor(i / dimension)] === 0
  );
  if (broken !== -1) {
    throw new CsnError(
      `Cannot code embeddings as int8: number ${Math.floor(broken / dimension)} holds ${
        vectors[broken]
      }; leave it out, or keep them as float32 or float16`,
    );
  }
  const most = new Float32Array(dimension);
  for (let i = 0, d = 0; i < vectors.length; i++, d = d + 1 === dimension ? 0 : d + 1) {
    const size = Math.abs(vectors[i]);
    if (size > most[d]) most[d] = size;
  }
  // Rounded up a little, so that the largest value is within half a step of code 127.
  const scales = most.map((value) => value / 127 * (1 + 1e-6));
  const codes = new Int8Array(vectors.length);
  for (let i = 0, d = 0; i < vectors.length; i++, d = d + 1 === dimension ? 0 : d + 1) {
    codes[i] = scales[d] === 0 || Number.isNaN(vectors[i]) ? 0 : Math.round(vectors[i] / scales[d]);
  }
  return { codes, scales };
}

/** [N]: 1 for rows of NaN alone. */
function missingRows(vectors: Float32Array, dimension: number): Uint8Array {
  return Uint8Array.from(
    { length: vectors.length / dimension },
    (_, row) =>
      vectors.subarray(row * dimension, (row + 1) * dimension).every(Number.isNaN) ? 1 : 0,
  );
}
