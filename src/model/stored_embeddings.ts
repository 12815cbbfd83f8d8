/** Embeddings as safetensors: with the masks that compare them, and a stamp. */
import { CsnError, messageOf, shown } from "../base/errors.ts";
import { int8Codes } from "../search/int8_codes.ts";
import type { DType } from "../tensor/dtype.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../tensor/safetensors.ts";
import { EmbeddingSet } from "./embedding_set.ts";
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
  for (const [name, tensor] of more) tensors.set(name, tensor);
  const notions = JSON.stringify([...masks.keys()]);
  await writeSafetensors(path, tensors, {
    metadata: { names: JSON.stringify(names), notions, stamp },
  });
}

/** Reads what `writeStored` wrote. Throws a CsnError that says what is wrong with another file. */
export async function readStored(path: string): Promise<
  StoredEmbeddings & {
    readonly stamp: string;
    readonly tensors: ReadonlyMap<string, StoredTensor>;
  }
> {
  const { tensors, metadata } = await readSafetensors(path);
  const stored = tensors.get("embeddings");
  if (stored === undefined || metadata.names === undefined) throw unreadable(path, "it holds none");
  const [count, dimension] = matrixOf(path, "they are", stored, ["float32", "float16"]);
  const names = textsOf(path, "names", metadata.names);
  if (names.length !== count) {
    throw unreadable(path, `it has ${count} of them and ${names.length} names`);
  }
  const vectors = valuesOf(stored);
  return {
    embeddings: new EmbeddingSet({ names, vectors, dimension }),
    masks: masksOf(path, tensors.get("masks"), metadata.notions ?? "[]", dimension),
    stamp: metadata.stamp ?? "",
    tensors,
  };
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

function masksOf(
  path: string,
  stored: StoredTensor | undefined,
  notions: string,
  dimension: number,
): Map<string, Float32Array> {
  if (stored === undefined) return new Map();
  const [count, length] = matrixOf(path, "its masks are", stored);
  const names = textsOf(path, "notions", notions);
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

function textsOf(path: string, what: string, text: string): string[] {
  let texts: unknown;
  try {
    texts = JSON.parse(text);
  } catch (error) {
    throw unreadable(path, `their ${what} are no JSON (${messageOf(error)})`, error);
  }
  if (Array.isArray(texts) && texts.every((each) => typeof each === "string")) return texts;
  throw unreadable(path, `their ${what} are ${shown(texts)}, not a list of texts`);
}
