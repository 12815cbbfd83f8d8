/**
 * The safetensors format: u64 little-endian length of the header, a JSON header, then the tensors'
 * bytes (huggingface/safetensors, README). Read whole or refused; written whole or not at all.
 */
import { CsnError, messageOf } from "../base/errors.ts";
import { writeWhole } from "../files/write_whole.ts";
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
  readonly name: string;
  /** As the format names it. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Its bytes, counted from the end of the header. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads and checks a file. Throws a CsnError when it is missing, truncated, corrupt or of another
 * kind.
 */
export async function readSafetensors(path: string): Promise<StoredTensors> {
  return await reading(path, async () => parse(await Deno.readFile(path)));
}

/** What `read` gives; its errors say which file it was. */
async function reading<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(error);
    const advice = error instanceof CsnError ? "; it is no whole safetensors file" : "";
    throw new CsnError(`Cannot read "${path}": ${found}${advice}`, { cause: error });
  }
}

/** Where a tensor lies in a file. */
export interface TensorPlace {
  /** Element type. */
  readonly dtype: DType;
  /** Sizes of the dimensions. */
  readonly shape: readonly number[];
  /** Its first byte, counted from the file's beginning. */
  readonly from: number;
  /** The byte after its last. */
  readonly to: number;
  /** Of the whole file. */
  readonly fileBytes: number;
}

/**
 * Reads and checks a file's header alone: where its tensors lie, for those who map them. Throws as
 * `readSafetensors`.
 */
export async function readSafetensorsHeader(path: string): Promise<{
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly metadata: Readonly<Record<string, string>>;
}> {
  return await reading(path, async () => {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    const length = headerLength(await readUpTo(file, 8), size);
    const { entries, metadata } = checkedHeader(await readUpTo(file, length), size - 8 - length);
    const places = entries.map((entry): [string, TensorPlace] => {
      const { shape, from, to } = entry;
      const dtype = checkedDType(entry);
      const before = 8 + length;
      return [entry.name, { dtype, shape, from: before + from, to: before + to, fileBytes: size }];
    });
    return { tensors: new Map(places), metadata };
  });
}

/** The tensor at a place of a file; throws as `readSafetensors`. */
export async function readTensorAt(
  path: string,
  { dtype, shape, from, to }: TensorPlace,
): Promise<StoredTensor> {
  return await reading(path, async () => {
    using file = await Deno.open(path);
    await file.seek(from, Deno.SeekMode.Start);
    const bytes = await readUpTo(file, to - from);
    if (bytes.length < to - from) throw new CsnError("it was cut short meanwhile");
    return { dtype, shape, bytes };
  });
}

/** The next `length` bytes, or those that are left. */
async function readUpTo(file: Deno.FsFile, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

function parse(bytes: Uint8Array<ArrayBuffer>): StoredTensors {
  const length = headerLength(bytes, bytes.length);
  const data = bytes.subarray(8 + length);
  const { entries, metadata } = checkedHeader(bytes.subarray(8, 8 + length), data.length);
  const tensors = entries.map((entry): [string, StoredTensor] => [
    entry.name,
    takeTensor(entry, data),
  ]);
  return { tensors: new Map(tensors), metadata };
}

/** Bytes of the header, of a file that begins with `bytes`. */
function headerLength(bytes: Uint8Array<ArrayBuffer>, fileBytes: number): number {
  if (bytes.length < 8) throw new CsnError(`it has ${fileBytes} bytes, too few for a header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > mostHeaderBytes || 8 + length > fileBytes) {
    throw new CsnError(`its header should be ${length} bytes long, the file has ${fileBytes}`);
  }
  return length;
}

function checkedHeader(
  text: Uint8Array,
  dataBytes: number,
): { entries: Entry[]; metadata: Record<string, string> } {
  const { __metadata__: metadata = {}, ...header } = parseHeader(text);
  checkMetadata(metadata);
  const entries = Object.entries(header).map(([name, entry]) => checkedEntry(name, entry));
  checkLayout(entries, dataBytes);
  return { entries, metadata };
}

function parseHeader(text: Uint8Array): Record<string, unknown> {
  if (text[0] !== "{".charCodeAt(0)) throw new CsnError("its header does not begin with {");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (error) {
    throw new CsnError(`its header is no JSON (${messageOf(error)})`, { cause: error });
  }
}

function checkMetadata(metadata: unknown): asserts metadata is Record<string, string> {
  if (!isRecord(metadata)) throw new CsnError("its __metadata__ is no object of texts");
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") {
      throw new CsnError(`its __metadata__ holds no text under ${JSON.stringify(key)}`);
    }
  }
}

function checkedEntry(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets } = isRecord(value) ? value : {} as Record<string, unknown>;
  if (typeof dtype !== "string" || !isSizes(shape) || !isSizes(data_offsets, 2)) {
    throw new CsnError(
      `tensor "${name}" has no dtype, shape and data_offsets of whole numbers from 0`,
    );
  }
  const [from, to] = data_offsets;
  return { name, dtype, shape, from, to };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown, length?: number): value is number[] {
  return Array.isArray(value) && (length === undefined || value.length === length) &&
    // Array.from: `every` passes over holes.
    Array.from(value).every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The format allows neither holes nor overlaps, so a truncated file cannot pass. */
function checkLayout(entries: readonly Entry[], bytes: number): void {
  let end = 0;
  for (const { name, from, to } of entries.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end || to < from) {
      throw new CsnError(`tensor "${name}" begins at ${from}, not at ${end}`);
    }
    end = to;
  }
  if (end !== bytes) throw new CsnError(`its tensors take ${end} bytes, ${bytes} are there`);
}

function takeTensor(entry: Entry, data: Uint8Array<ArrayBuffer>): StoredTensor {
  const dtype = checkedDType(entry);
  // A copy, so that a typed array over it is aligned.
  return { dtype, shape: entry.shape, bytes: data.slice(entry.from, entry.to) };
}

function checkedDType({ name, dtype: formatName, shape, from, to }: Entry): DType {
  const dtype = dtypes.get(formatName);
  if (dtype === undefined) {
    throw new CsnError(`tensor "${name}" is of dtype ${formatName}, which csn does not know`);
  }
  checkBytes(name, dtype, shape, to - from);
  return dtype;
}

function checkBytes(name: string, dtype: DType, shape: readonly number[], bytes: number): void {
  const expected = shape.reduce((product, size) => product * size, bytesPerElement(dtype));
  if (bytes !== expected) {
    throw new CsnError(`tensor "${name}" of shape [${shape}] has ${bytes} bytes, not ${expected}`);
  }
}

/**
 * Writes a file whole or not at all. Throws a CsnError when it cannot be written (a full disk), or
 * when `readSafetensors` would refuse it or give other names or texts back: bytes that do not fit a
 * shape, a tensor named `__metadata__`, metadata that are no texts, a lone surrogate, a header of
 * more than 100 MB. What was there before is then untouched.
 *
 * @example Keep a tensor in a file
 * ```ts
 * import { readSafetensors, writeSafetensors } from "@csn/csn/tensor";
 *
 * const bytes = new Uint8Array(Float32Array.from([1, 2, 3]).buffer);
 * const weights = { dtype: "float32", shape: [3], bytes } as const;
 * await writeSafetensors("w.safetensors", new Map([["w", weights]]), {
 *   metadata: { from: "example" },
 * });
 * const { tensors, metadata } = await readSafetensors("w.safetensors");
 * console.log(tensors.get("w")?.shape, metadata.from);
 * ```
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  { metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  let header: Uint8Array<ArrayBuffer>;
  try {
    checkWritable(tensors, metadata);
    header = encodeHeader(tensors, metadata);
  } catch (error) {
    throw new CsnError(
      `Cannot write "${path}": ${messageOf(error)}; what was there before is untouched`,
      { cause: error },
    );
  }
  const bytes = [...tensors.values()].map((tensor) => tensor.bytes);
  await writeWhole(path, [header, ...bytes]);
}

function checkWritable(tensors: ReadonlyMap<string, StoredTensor>, metadata: unknown): void {
  checkMetadata(metadata);
  const texts = [...tensors.keys(), ...Object.keys(metadata), ...Object.values(metadata)];
  const broken = texts.find((text) => typeof text !== "string" || !text.isWellFormed());
  if (broken !== undefined) {
    throw new CsnError(`${JSON.stringify(broken)} is no text that UTF-8 can hold`);
  }
  for (const [name, { dtype, shape, bytes }] of tensors) {
    if (name === "__metadata__") {
      throw new CsnError(`"${name}" cannot name a tensor; the format reserves it for texts`);
    }
    if (!Object.hasOwn(formatNames, dtype)) {
      throw new CsnError(`tensor "${name}" is of dtype ${dtype}, which the format does not know`);
    }
    if (!isSizes(shape)) {
      throw new CsnError(
        `tensor "${name}" has shape [${shape}]; its sizes should be whole numbers from 0`,
      );
    }
    if (!(bytes instanceof Uint8Array)) {
      throw new CsnError(`tensor "${name}" should bring its bytes as a Uint8Array`);
    }
    checkBytes(name, dtype, shape, bytes.length);
  }
}

function encodeHeader(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const entries = Array.from(tensors, ([name, { dtype, shape, bytes }]) => {
    return [name, { dtype: formatNames[dtype], shape, data_offsets: [at, at += bytes.length] }];
  });
  // Not by assignment: a tensor may be called "__proto__".
  const header = Object.fromEntries([["__metadata__", metadata], ...entries]);
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces, so that the tensors begin at a multiple of 8.
  const padded = Math.ceil(text.length / 8) * 8;
  if (padded > mostHeaderBytes) {
    throw new CsnError(
      `its names and texts would take ${padded} bytes, readers accept ${mostHeaderBytes}`,
    );
  }
  const out = new Uint8Array(8 + padded).fill(" ".charCodeAt(0));
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(text, 8);
  return out;
}
