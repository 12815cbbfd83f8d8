/** Embeddings as safetensors: with the masks that compare them, and a stamp. */
import { CsnError } from "../base/errors.ts";
import { int8Codes } from "../search/int8_codes.ts";
import type { DType } from "../tensor/dtype.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../tensor/safetensors.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import { StoredChecksum } from "./stored_checksum.ts";
import { namesOf, storedNames, textsOf } from "./stored_names.ts";
import { unreadable } from "./unreadable_embeddings.ts";

/** Embeddings that were read from a file. */
export interface StoredEmbeddings {
  /** The embeddings, unmasked. */
  readonly embeddings: EmbeddingSet;
  /** The mask [D] of each notion; empty where the file has none. */
  readonly masks: ReadonlyMap<string, Float32Array>;
}

/** In what numbers a .safetensors file holds embeddings. */
export interface StoredNumbers {
  /** Of the embeddings; half as many bytes, and some three digits, as float16. @default {"float32"} */
  readonly dtype?: "float32" | "float16";
  /**
   * Hold int8 codes beside them, which `scan()` of the mapped file reads instead of all but the
   * nearest. @default {false}
   */
  readonly codes?: boolean;
}

/**
 * Writes embeddings; `stamp` says later whether they are still the right ones, `more` are tensors
 * that go with them. Throws a CsnError for numbers that float16 or int8 codes do not hold.
 */
export async function writeStored(
  path: string,
  { names, vectors, dimension }: EmbeddingSet,
  { masks = new Map(), stamp = "", more = new Map(), dtype = "float32", codes = false }:
    & StoredNumbers
    & {
      readonly masks?: ReadonlyMap<string, Float32Array>;
      readonly stamp?: string;
      readonly more?: ReadonlyMap<string, StoredTensor>;
    },
): Promise<void> {
  const shape = [names.length, dimension];
  const stored = dtype === "float16" ? halves(path, shape, vectors) : floats(shape, vectors);
  const tensors = new Map([["embeddings", stored]]);
  if (codes) {
    const coded = int8Codes(valuesOf(stored), dimension);
    tensors.set("scales", floats([dimension], coded.scales));
    tensors.set("codes", { dtype: "int8", shape, bytes: new Uint8Array(coded.codes.buffer) });
  }
  if (masks.size > 0) {
    const rows = Float32Array.from([...masks.values()].flatMap((mask) => [...mask]));
    tensors.set("masks", floats([masks.size, dimension], rows));
  }
  const named = storedNames(names);
  for (const [name, tensor] of [...more, ...named.tensors]) tensors.set(name, tensor);
  const texts = { names: named.text, notions: JSON.stringify([...masks.keys()]), stamp };
  const checksum = new StoredChecksum();
  for (const { bytes } of tensors.values()) checksum.add(bytes);
  await writeSafetensors(path, tensors, {
    metadata: { ...texts, crc32: checksum.end(texts) },
  });
}

/**
 * Reads what `writeStored` wrote. Throws a CsnError that says what is wrong with another file, or
 * one that was damaged.
 */
export async function readStored(path: string): Promise<
  StoredEmbeddings & {
    readonly stamp: string;
    readonly tensors: ReadonlyMap<string, StoredTensor>;
  }
> {
  const { tensors, metadata } = await readSafetensors(path);
  const stored = tensors.get("embeddings");
  if (stored === undefined || metadata.names === undefined) throw unreadable(path, "it holds none");
  const checksum = new StoredChecksum();
  for (const { bytes } of tensors.values()) checksum.add(bytes);
  assertWhole(path, metadata, checksum);
  const [count, dimension] = matrixOf(path, "they are", stored, ["float32", "float16"]);
  const names = namesOf(path, metadata.names, tensors);
  if (names.length !== count) {
    throw unreadable(path, `it has ${count} of them and ${names.length} names`);
  }
  const vectors = valuesOf(stored);
  return {
    embeddings: new EmbeddingSet({ names, vectors, dimension }),
    masks: masksOf(path, tensors.get("masks"), metadata.notions, dimension),
    stamp: metadata.stamp ?? "",
    tensors,
  };
}

/** Throws a CsnError where bytes changed since a file was written; an older csn wrote no checksum. */
export function assertWhole(
  path: string,
  metadata: Readonly<Record<string, string>>,
  checksum: StoredChecksum,
): void {
  const found = checksum.end(metadata);
  if (metadata.crc32 === undefined || metadata.crc32 === found) return;
  throw unreadable(
    path,
    `it is damaged, because its bytes are not those that were written (their CRC-32 is ${found}, it was ${metadata.crc32})`,
  );
}

function floats(shape: readonly number[], values: Float32Array): StoredTensor {
  return { dtype: "float32", shape, bytes: new Uint8Array(values.slice().buffer) };
}

function halves(path: string, shape: readonly number[], values: Float32Array): StoredTensor {
  const rounded = Float16Array.from(values);
  const broken = rounded.findIndex((value, i) =>
    !Number.isFinite(value) && Number.isFinite(values[i])
  );
  if (broken !== -1) {
    throw new CsnError(
      `Cannot write embeddings to "${path}" as float16: number ${
        Math.floor(broken / shape[1])
      } holds ${values[broken]}, and float16 ends at 65,504; write them as float32`,
    );
  }
  return { dtype: "float16", shape, bytes: new Uint8Array(rounded.buffer) };
}

/** What a tensor of float32 or float16 holds. */
function valuesOf({ dtype, bytes }: StoredTensor): Float32Array<ArrayBuffer> {
  const { buffer } = bytes.slice();
  return dtype === "float16"
    ? Float32Array.from(new Float16Array(buffer))
    : new Float32Array(buffer);
}

/** The masks of a file, from the tensor that holds them. */
export function masksOf(
  path: string,
  stored: StoredTensor | undefined,
  notions: string | undefined,
  dimension: number,
): Map<string, Float32Array> {
  if (stored === undefined) return new Map();
  const [count, length] = matrixOf(path, "its masks are", stored);
  const names = textsOf(path, "notions", notions ?? "[]");
  if (names.length !== count || length !== dimension) {
    throw unreadable(
      path,
      `its masks are [${count}, ${length}], they should be [${names.length}, ${dimension}]`,
    );
  }
  const values = new Float32Array(stored.bytes.slice().buffer);
  return new Map(
    names.map((name, row) => [name, values.slice(row * dimension, (row + 1) * dimension)]),
  );
}

function matrixOf(
  path: string,
  what: string,
  { dtype, shape }: StoredTensor,
  dtypes: readonly DType[] = ["float32"],
): readonly number[] {
  if (dtypes.includes(dtype) && shape.length === 2) return shape;
  throw unreadable(
    path,
    `${what} ${dtype}[${shape.join(", ")}], they should be a matrix of ${dtypes.join(" or ")}`,
  );
}
