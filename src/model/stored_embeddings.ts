/** Embeddings as safetensors: with the masks that compare them, and a stamp. */
import { messageOf, shown } from "../base/errors.ts";
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

/**
 * Writes embeddings; `stamp` says later whether they are still the right ones, `more` are tensors
 * that go with them.
 */
export async function writeStored(
  path: string,
  { names, vectors, dimension }: EmbeddingSet,
  { masks = new Map(), stamp = "", more = new Map() }: {
    readonly masks?: ReadonlyMap<string, Float32Array>;
    readonly stamp?: string;
    readonly more?: ReadonlyMap<string, StoredTensor>;
  },
): Promise<void> {
  const tensors = new Map([["embeddings", floats([names.length, dimension], vectors)]]);
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
  const [count, dimension] = matrixOf(path, "they are", stored);
  const names = textsOf(path, "names", metadata.names);
  if (names.length !== count) {
    throw unreadable(path, `it has ${count} of them and ${names.length} names`);
  }
  const vectors = new Float32Array(stored.bytes.slice().buffer);
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

function matrixOf(path: string, what: string, { dtype, shape }: StoredTensor): readonly number[] {
  if (dtype === "float32" && shape.length === 2) return shape;
  throw unreadable(
    path,
    `${what} ${dtype}[${shape.join(", ")}], they should be a matrix of float32`,
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
