/** What is searched: random rows, which are the same in every run. */
import { writeWhole } from "../../src/files/write_whole.ts";

/** Of an embedding. */
export const dimension = 64;

/** Rows that are asked for. */
export const k = 10;

/** A mixture's: no dimension counts as another. */
export const searchWeights: Float64Array<ArrayBuffer> = Float64Array.from(
  { length: dimension },
  (_, d) => 0.1 + d % 16 / 16,
);

/** Rows written at a time. */
const rowsAtOnce = 100_000;

/** Random rows [rows, 64], a pure function of both numbers. */
export function randomRows(rows: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return new Float32Array(rows * dimension).map(() => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

/** The rows in which the plain distance is that by `searchWeights`. */
export function scaledRows(vectors: Float32Array): Float32Array<ArrayBuffer> {
  const roots = searchWeights.map(Math.sqrt);
  return Float32Array.from(vectors, (value, i) => value * roots[i % dimension]);
}

/** Writes a file of random rows, a part at a time; returns its bytes. */
export async function writeRandomMatrix(path: string, rows: number): Promise<number> {
  const bytes = rows * dimension * 4;
  const matrix = { dtype: "F32", shape: [rows, dimension], data_offsets: [0, bytes] };
  const text = JSON.stringify({ embeddings: matrix });
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  await writeWhole(path, pieces());
  return bytes;

  function* pieces(): Iterable<Uint8Array> {
    yield length;
    yield header;
    for (let at = 0; at < rows; at += rowsAtOnce) {
      yield new Uint8Array(randomRows(Math.min(rowsAtOnce, rows - at), at + 1).buffer);
    }
  }
}
