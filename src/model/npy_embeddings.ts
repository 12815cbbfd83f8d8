/**
 * A matrix of float32 in NumPy's format, version 1.0 (numpy/lib/format.py): magic, a header padded
 * to 64 bytes, data in C order.
 */
import { shown } from "../base/errors.ts";
import { unreadable } from "./unreadable_embeddings.ts";

/** What comes before the header: magic, version and the header's length. */
const prefix = 10;

const magic = [0x93, ...encode("NUMPY"), 1, 0];

/** The bytes of a matrix [rows, columns]. */
export function npyBytes(values: Float32Array, rows: number, columns: number): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((prefix + header.length + 1) / 64) * 64 - prefix;
  const bytes = new Uint8Array(prefix + length + values.byteLength);
  bytes.set([...magic, length & 0xff, length >> 8]);
  bytes.set(encode(header.padEnd(length - 1) + "\n"), prefix);
  bytes.set(
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    prefix + length,
  );
  return bytes;
}

/** The matrix in the bytes of a file. Throws a CsnError when it holds anything else. */
export function parseNpy(
  path: string,
  bytes: Uint8Array,
): { readonly values: Float32Array; readonly rows: number; readonly columns: number } {
  if (magic.some((byte, at) => bytes[at] !== byte)) {
    throw unreadable(path, "it does not begin as a file of NumPy's format 1.0");
  }
  const start = prefix + bytes[8] + 256 * bytes[9];
  const header = new TextDecoder().decode(bytes.subarray(prefix, start)).trimEnd();
  const fields = [
    /'descr': '<f4'/,
    /'fortran_order': False/,
    /'shape': \((\d+), (\d+)\)/,
  ].map((field) => field.exec(header));
  if (fields.includes(null)) {
    throw unreadable(path, `it is ${shown(header)}, not a matrix of float32 in C order`);
  }
  const [rows, columns] = fields[2]!.slice(1).map(Number);
  if (bytes.length - start !== 4 * rows * columns) {
    throw unreadable(
      path,
      `it has ${bytes.length - start} bytes of data, a matrix [${rows}, ${columns}] has ${
        4 * rows * columns
      }`,
    );
  }
  return { values: new Float32Array(bytes.slice(start).buffer), rows, columns };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
