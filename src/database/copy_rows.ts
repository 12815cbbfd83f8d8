/** Rows in PostgreSQL's binary COPY format: numbers go as they are, to the bit. */
// @ts-types="@types/pg"
import type { ClientBase } from "pg";

/** One field of a row; null is SQL's NULL. */
export type Field = Uint8Array | null;

const utf8 = new TextEncoder();

/** Begins and ends the format: its signature, no flags and no extension; -1 fields. */
const signature = Uint8Array.from([
  ...utf8.encode("PGCOPY\n"),
  ...[0xff, 0x0d, 0x0a, 0x00],
  ...new Uint8Array(8),
]);
const end = Uint8Array.of(0xff, 0xff);

/** Sends `rows`, made by `copyRow`, to a table with its columns. */
export async function copyInto(
  client: ClientBase,
  into: string,
  rows: Iterable<Uint8Array>,
): Promise<void> {
  const [{ pipeline }, { Readable }] = await Promise.all([
    import("node:stream/promises"),
    import("node:stream"),
  ]);
  // @ts-types="@types/pg-copy-streams"
  const { from } = await import("pg-copy-streams");
  const stream = client.query(from(`copy ${into} from stdin (format binary)`));
  await pipeline(Readable.from(chunks(rows)), stream);
}

/** Bytes that are sent at a time. */
const chunkBytes = 1 << 18;

/** Joins rows to chunks, so that not each is sent alone. */
function* chunks(rows: Iterable<Uint8Array>): Generator<Uint8Array> {
  let some: Uint8Array[] = [signature];
  let size = 0;
  for (const row of rows) {
    some.push(row);
    size += row.length;
    if (size < chunkBytes) continue;
    yield joined(some);
    [some, size] = [[], 0];
  }
  yield joined([...some, end]);
}

/** A row of fields. */
export function copyRow(fields: readonly Field[]): Uint8Array {
  return joined([
    int16(fields.length),
    ...fields.flatMap((field) => field === null ? [int32(-1)] : [int32(field.length), field]),
  ]);
}

/** A field of type text. */
export function textField(text: string): Uint8Array {
  return utf8.encode(text);
}

/** A field of type jsonb: version 1 of its form, then the text. */
export function jsonField(value: unknown): Uint8Array {
  return joined([Uint8Array.of(1), utf8.encode(JSON.stringify(value))]);
}

/** A field of type integer. */
export function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
}

/** A field of pgvector's type vector: how many, 0, and the numbers. */
export function vectorField(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * vector.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, vector.length);
  vector.forEach((value, d) => view.setFloat32(4 + 4 * d, value));
  return bytes;
}

/** What `vectorField` made: reads vector_send(). */
export function parseVector(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: view.getUint16(0) }, (_, d) => view.getFloat32(4 + 4 * d));
}

function int16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
