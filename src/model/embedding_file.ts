/** Embeddings in files that other programs read: .npy, .safetensors, .jsonl. */
import { CsnError, messageOf, shown, UsageError } from "../base/errors.ts";
import { examineOutput } from "../files/output_file.ts";
import { extname } from "../files/paths.ts";
import { writeWhole } from "../files/write_whole.ts";
import { readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import type { Model } from "./model.ts";

/** Endings that `writeEmbeddings` knows. */
export const embeddingEndings = [".npy", ".safetensors", ".jsonl"] as const;

/** How embeddings are written. */
export interface WriteEmbeddingsOptions {
  /** Replace a file that is there, even one that csn did not write. @default {false} */
  readonly overwrite?: boolean;
}

/**
 * Writes embeddings [N, D], whole or not at all. `.npy` holds the float32 matrix, the names go to
 * `<file>.names.txt`; `.safetensors` holds `embeddings`, `masks` [notions, D] and the names in its
 * metadata; `.jsonl` one `{"name", "embedding"}` a line.
 *
 * Throws a CsnError, before it writes, when the format cannot hold a name or a number (a name with
 * a line break in `.npy`, what is not finite in `.jsonl`), and when a file lies there that does not
 * say csn wrote it.
 */
export async function writeEmbeddings(
  path: string,
  embeddings: EmbeddingSet,
  model: Model,
  options: WriteEmbeddingsOptions = {},
): Promise<void> {
  await examineEmbeddings(path, options);
  switch (checkedEnding(path)) {
    case ".npy":
      checkLines(path, embeddings);
      await writeWhole(path, npy(embeddings));
      return await writeWhole(
        namesPath(path),
        embeddings.names.map((name) => name + "\n").join(""),
      );
    case ".jsonl":
      checkFinite(path, embeddings);
      return await writeWhole(path, jsonLines(embeddings));
    case ".safetensors":
      return await writeSet(path, embeddings, model);
  }
}

/**
 * Examines where embeddings are to go, before they are made: see `examineOutput`. Only .safetensors
 * can say that csn wrote it.
 */
export async function examineEmbeddings(
  path: string,
  { overwrite }: WriteEmbeddingsOptions,
): Promise<void> {
  const ending = checkedEnding(path);
  const failing = "Cannot write embeddings to";
  const isOwn = (head: string) =>
    ending === ".safetensors" && head.slice(0, 64).includes('{"__metadata__":{"names":"[');
  await examineOutput(path, { failing, option: "path", overwrite, isOwn });
  if (ending !== ".npy") return;
  await examineOutput(namesPath(path), { failing, option: "path", overwrite });
}

/** The file of names beside a .npy. */
function namesPath(path: string): string {
  return `${path}.names.txt`;
}

/**
 * The ending of a file for embeddings. Throws a UsageError that lists the ones that can be written.
 */
export function checkedEnding(path: string): typeof embeddingEndings[number] {
  const ending = embeddingEndings.find((each) => each === extname(path));
  if (ending === undefined) {
    throw new UsageError(
      `Cannot write embeddings to "${path}": its ending says no format; end it with ${
        embeddingEndings.join(", ")
      }`,
    );
  }
  return ending;
}

/**
 * Reads embeddings that `writeEmbeddings` wrote as `.safetensors`, with the stamp they were given.
 */
export async function readEmbeddingSet(
  path: string,
): Promise<{ embeddings: EmbeddingSet; stamp: string }> {
  const { tensors, metadata } = await readSafetensors(path);
  const stored = tensors.get("embeddings");
  if (stored === undefined || metadata.names === undefined) {
    throw new CsnError(
      `Cannot read embeddings from "${path}": it holds none; remove it and run again`,
    );
  }
  if (stored.dtype !== "float32" || stored.shape.length !== 2) {
    throw new CsnError(
      `Cannot read embeddings from "${path}": they are ${stored.dtype}[${
        stored.shape.join(", ")
      }], they should be float32 [images, dimensions]; remove it and run again`,
    );
  }
  const vectors = new Float32Array(stored.bytes.buffer);
  const names = parseNames(path, metadata.names);
  if (names.length !== stored.shape[0]) {
    throw new CsnError(
      `Cannot read embeddings from "${path}": it has ${
        stored.shape[0]
      } of them and ${names.length} names; remove it and run again`,
    );
  }
  return {
    embeddings: new EmbeddingSet(names, vectors, stored.shape[1]),
    stamp: metadata.stamp ?? "",
  };
}

function parseNames(path: string, text: string): string[] {
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch (error) {
    throw new CsnError(
      `Cannot read embeddings from "${path}": their names are no JSON (${
        messageOf(error)
      }); remove it and run again`,
      { cause: error },
    );
  }
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw new CsnError(
    `Cannot read embeddings from "${path}": their names are ${
      shown(names)
    }, not a list of texts; remove it and run again`,
  );
}

/**
 * Writes embeddings as `.safetensors`; `stamp` says later whether they are still the right ones.
 */
export async function writeSet(
  path: string,
  embeddings: EmbeddingSet,
  model: Model,
  stamp = "",
): Promise<void> {
  const { dimension, names, vectors } = embeddings;
  const masks = Float32Array.from(model.notions.flatMap((notion) => [...model.mask(notion)]));
  await writeSafetensors(
    path,
    new Map([
      ["embeddings", {
        dtype: "float32",
        shape: [names.length, dimension],
        bytes: new Uint8Array(vectors.slice().buffer),
      }],
      ["masks", {
        dtype: "float32",
        shape: [model.notions.length, dimension],
        bytes: new Uint8Array(masks.buffer),
      }],
    ]),
    { names: JSON.stringify(names), notions: JSON.stringify(model.notions), stamp },
  );
}

/** Beside a matrix there is a name a line. */
function checkLines(path: string, { names }: EmbeddingSet): void {
  const broken = names.find((name) => /[\r\n]/.test(name) || !name.isWellFormed());
  if (broken === undefined) return;
  throw new CsnError(
    `Cannot write embeddings to "${path}": the name ${
      JSON.stringify(broken)
    } does not fit a line of text; end the file with .safetensors or .jsonl`,
  );
}

/** JSON would have null for them. */
function checkFinite(path: string, { names, vectors, dimension }: EmbeddingSet): void {
  const at = vectors.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  throw new CsnError(
    `Cannot write embeddings to "${path}": that of "${names[Math.floor(at / dimension)]}" holds ${
      vectors[at]
    }, which JSON has no number for; end the file with .safetensors or .npy`,
  );
}

/**
 * NumPy's format, version 1.0 (numpy/lib/format.py): magic, header padded to 64 bytes, data in C
 * order.
 */
function npy({ names, dimension, vectors }: EmbeddingSet): Uint8Array {
  const header =
    `{'descr': '<f4', 'fortran_order': False, 'shape': (${names.length}, ${dimension}), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + vectors.byteLength);
  bytes.set([0x93, ...encode("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  bytes.set(encode(header.padEnd(length - 1) + "\n"), 10);
  bytes.set(new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength), 10 + length);
  return bytes;
}

function jsonLines(embeddings: EmbeddingSet): string {
  return embeddings.names
    .map((name, row) => JSON.stringify({ name, embedding: [...embeddings.at(row)] }) + "\n")
    .join("");
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
