/** Embeddings as an exported page has them. */
import { CsnError } from "../../base/errors.ts";
import type { Embeddings } from "../../search/embeddings.ts";
import { int8Codes } from "../../search/int8_codes.ts";
import type { StoredNumbers } from "./format.ts";
import { fromHalves } from "./half_floats.ts";

/** What numbers are rounded to. */
export type NumberKind = "float16" | "int8";

/** All of them. */
export const numberKinds = ["float16", "int8"] as const satisfies readonly NumberKind[];

/** Numbers as they are written, and what is needed to read them. */
export interface RoundedNumbers {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stored: Omit<StoredNumbers, "file">;
}

/**
 * Rounds embeddings. Throws a CsnError for what is too large for float16, or is not finite in a row
 * that is known, for int8.
 */
export function roundNumbers(
  { vectors, dimension, names }: Embeddings,
  as: NumberKind,
): RoundedNumbers {
  if (as === "int8") {
    const { codes, scales } = int8Codes(vectors, dimension);
    const unknown = names.flatMap((_, row) => Number.isNaN(vectors[row * dimension]) ? [row] : []);
    return {
      bytes: new Uint8Array(codes.buffer),
      stored: { as, dimension, scales: [...scales], unknown },
    };
  }
  const halves = Float16Array.from(vectors);
  const broken = halves.findIndex((value, i) =>
    !Number.isFinite(value) && Number.isFinite(vectors[i])
  );
  if (broken !== -1) {
    throw new CsnError(
      `Cannot export embeddings as float16: that of ${
        names[Math.floor(broken / dimension)]
      } holds ${vectors[broken]}, and float16 ends at 65,504; take int8 with \`exportAs\``,
    );
  }
  return {
    bytes: new Uint8Array(halves.buffer),
    stored: { as, dimension, scales: null, unknown: null },
  };
}

/** The numbers [N, D] that were written. Throws a CsnError where they are not whole. */
export function readNumbers(
  bytes: ArrayBuffer,
  { file, as, dimension, scales, unknown }: StoredNumbers,
  count: number,
): Float32Array<ArrayBuffer> {
  const size = count * dimension * (as === "float16" ? 2 : 1);
  if (bytes.byteLength !== size) {
    throw new CsnError(
      `Cannot read ${file}: it has ${bytes.byteLength} bytes, it should have ${size}; copy the whole folder again`,
    );
  }
  if (as === "float16") return fromHalves(new Uint16Array(bytes));
  const numbers = Float32Array.from(new Int8Array(bytes));
  for (let i = 0, d = 0; i < numbers.length; i++, d = d + 1 === dimension ? 0 : d + 1) {
    numbers[i] *= scales![d];
  }
  for (const row of unknown!) numbers.fill(NaN, row * dimension, (row + 1) * dimension);
  return numbers;
}
