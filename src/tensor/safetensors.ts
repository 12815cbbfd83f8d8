/**
 * The safetensors format: u64 little-endian length of the header, a JSON header, then the tensors' bytes
 * (huggingface/safetensors, README). Read whole or refused; written whole or not at all.
 */
import { CsnError, messageOf } from "../errors.ts";
import { writeWhole } from "../write_whole.ts";
import { bytesPerElement, type DType } from "./dtype.ts";

/** A tensor as it lies in a file. */
export interface StoredTensor {
  /** Element type. */
  readonly dtype: DType;
  /** Sizes of the dimensions. */
  readonly shape: readonly number[];
  /** Elements in C order, little endian. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a file holds. */
export interface StoredTensors {
  /** The tensors by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Texts by key (`__metadata__`). */
  readonly metadata: Readonly<Record<string, string>>;
}

const formatNames: Readonly<Record<DType, string>> = {
  uint8: "U8",
  int8: "I8",
  int16: "I16",
  int32: "I32",
  int64: "I64",
  float16: "F16",
  float32: "F32",
  float64: "F64",
  bool: "BOOL",
  bfloat16: "BF16",
};

const dtypes: ReadonlyMap<string, DType> = new Map(
  Object.entries(formatNames).map(([dtype, name]) => [name, dtype as DType]),
);

/** Largest header that readers accept (safetensors' own limit). */
const mostHeaderBytes = 100_000_000;

interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** Reads and checks a file. Throws a CsnError when it is missing, truncated, corrupt or of another kind. */
export async function readSafetensors(path: string): Promise<StoredTensors> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound;
    throw new CsnError(
      `Cannot read "${path}": ${missing ? "there is no such file" : messageOf(error)}`,
      { cause: error },
    );
  }
  try {
    return parse(bytes);
  } catch (error) {
    throw new CsnError(
      `Cannot read "${path}": ${messageOf(error)}; it is no whole safetensors file`,
      { cause: error },
    );
  }
}

function parse(bytes: Uint8Array<ArrayBuffer>): StoredTensors {
  if (bytes.length < 8) throw new CsnError(`it has ${bytes.length} bytes, too few for a header`);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  if (length > mostHeaderBytes || 8 + length > bytes.length) {
    throw new CsnError(`its header should be ${length} bytes long, the file has ${bytes.length}`);
  }
  const header = parseHeader(bytes.subarray(8, 8 + length));
  const data = bytes.subarray(8 + length);
  const metadata = (header.__metadata__ ?? {}) as Record<string, string>;
  delete header.__metadata__;
  checkLayout(header as Record<string, Entry>, data.length);
  const tensors = Object.entries(header as Record<string, Entry>).map(
    ([name, entry]): [string, StoredTensor] => [name, takeTensor(name, entry, data)],
  );
  return { tensors: new Map(tensors), metadata };
}

function parseHeader(text: Uint8Array): Record<string, unknown> {
  if (text[0] !== "{".charCodeAt(0)) throw new CsnError("its header does not begin with {");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (error) {
    throw new CsnError(`its header is no JSON (${messageOf(error)})`, { cause: error });
  }
}

/** The format allows neither holes nor overlaps, so a truncated file cannot pass. */
function checkLayout(entries: Record<string, Entry>, bytes: number): void {
  let end = 0;
  const sorted = Object.entries(entries).sort(([, a], [, b]) =>
    a.data_offsets[0] - b.data_offsets[0]
  );
  for (const [name, { data_offsets: [from, to] }] of sorted) {
    if (from !== end || to < from) {
      throw new CsnError(`tensor "${name}" begins at ${from}, not at ${end}`);
    }
    end = to;
  }
  if (end !== bytes) throw new CsnError(`its tensors take ${end} bytes, ${bytes} are there`);
}

function takeTensor(name: string, entry: Entry, data: Uint8Array<ArrayBuffer>): StoredTensor {
  const dtype = dtypes.get(entry.dtype);
  if (dtype === undefined) {
    throw new CsnError(`tensor "${name}" is of dtype ${entry.dtype}, which csn does not know`);
  }
  const [from, to] = entry.data_offsets;
  const expected = entry.shape.reduce((product, size) => product * size, bytesPerElement(dtype));
  if (to - from !== expected) {
    throw new CsnError(
      `tensor "${name}" of shape [${entry.shape}] has ${to - from} bytes, not ${expected}`,
    );
  }
  // A copy, so that a typed array over it is aligned.
  return { dtype, shape: entry.shape, bytes: data.slice(from, to) };
}

/**
 * Writes a file whole or not at all. Throws a CsnError when it cannot be written (a full disk); what was
 * there before is then untouched.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = [...tensors.values()].map((tensor) => tensor.bytes);
  await writeWhole(path, [encodeHeader(tensors, metadata), ...bytes]);
}

function encodeHeader(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype: formatNames[dtype], shape, data_offsets: [at, at += bytes.length] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces, so that the tensors begin at a multiple of 8.
  const padded = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + padded).fill(" ".charCodeAt(0));
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(text, 8);
  return out;
}
