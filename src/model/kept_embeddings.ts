/** The embeddings of a folder in the file that keeps them, with what they were made of. */
import type { StoredTensor } from "../tensor/safetensors.ts";
import { isFresh } from "../files/file_identities.ts";
import type { EmbeddingSet } from "./embedding_set.ts";
import type { Model } from "./model.ts";
import { readStored, writeStored } from "./stored_embeddings.ts";

/** What must be unchanged for kept embeddings to be used again as a whole. */
export interface Stamp {
  /** How files become embeddings: SHA-256 of the model's preprocessing and precision. */
  readonly how: string;
  /** SHA-256 of names, sizes and times of change, of the model file too. */
  readonly files: string;
  /** Of the files, see `FileIdentities`; null when it could not be known. */
  readonly identity: string | null;
  /** SHA-256 over the bytes of the files. */
  readonly bytes: string;
}

/** What is known of one file. */
export interface FileState {
  /** Its size, its times of writing and of change, its number on the disk. */
  readonly numbers: readonly number[];
  /** SHA-256 of its bytes; "" where they could not be read. */
  readonly digest: string;
}

/** Embeddings that were kept. */
export interface KeptEmbeddings {
  readonly embeddings: EmbeddingSet;
  readonly stamp: Stamp;
  /** The model file's, then those of the rows; empty in files of an older csn. */
  readonly states: readonly FileState[];
}

/** Of a file as it is now; NaN is equal to no number, so a file that just changed is read again. */
export function fileNumbers({ size, mtime, ctime, ino }: Deno.FileInfo): number[] {
  const [written, changed] = [mtime, ctime].map((time) => time?.getTime() ?? NaN);
  return [size, written, isFresh(changed) ? NaN : changed, ino ?? NaN];
}

/** Whether a file is the same as when its bytes were read. */
export function isSameFile(a: readonly number[], b: readonly number[]): boolean {
  return a.every((number, i) => number === b[i]);
}

const digestBytes = 32;

/** Null where there is no such file, or one that holds something else. */
export async function readKept(path: string): Promise<KeptEmbeddings | null> {
  const kept = await readStored(path).catch(() => null);
  const stamp = kept === null ? null : parseStamp(kept.stamp);
  if (kept === null || stamp === null) return null;
  const files = 1 + kept.embeddings.names.length;
  const [numbers, digests] = ["file_numbers", "file_digests"].map((name) => kept.tensors.get(name));
  const isWhole = numbers?.dtype === "float64" && `${numbers.shape}` === `${files},4` &&
    digests?.dtype === "uint8" && `${digests.shape}` === `${files},${digestBytes}`;
  return { ...kept, stamp, states: isWhole ? statesOf(numbers, digests) : [] };
}

function statesOf(numbers: StoredTensor, digests: StoredTensor): FileState[] {
  const values = new Float64Array(numbers.bytes.slice().buffer);
  return Array.from({ length: values.length / 4 }, (_, file) => {
    const bytes = digests.bytes.subarray(file * digestBytes, (file + 1) * digestBytes);
    return {
      numbers: [...values.subarray(4 * file, 4 * file + 4)],
      digest: bytes.some((byte) => byte !== 0) ? bytes.toHex() : "",
    };
  });
}

/** Writes them, whole or not at all. */
export async function writeKept(
  path: string,
  { embeddings, stamp, states }: KeptEmbeddings,
  { masks }: Model,
): Promise<void> {
  const more = new Map<string, StoredTensor>();
  if (states.length > 0) {
    const numbers = Float64Array.from(states.flatMap(({ numbers }) => numbers));
    const digests = new Uint8Array(states.length * digestBytes);
    states.forEach(({ digest }, file) =>
      digests.set(Uint8Array.fromHex(digest), file * digestBytes)
    );
    const shape = [states.length, 4];
    const bytes = new Uint8Array(numbers.buffer);
    more.set("file_numbers", { dtype: "float64", shape, bytes });
    more.set("file_digests", {
      dtype: "uint8",
      shape: [states.length, digestBytes],
      bytes: digests,
    });
  }
  await writeStored(path, embeddings, { masks, stamp: JSON.stringify(stamp), more });
}

/** Null for what an older csn wrote, which did not know the precision. */
function parseStamp(text: string): Stamp | null {
  try {
    const stamp = JSON.parse(text);
    return typeof stamp?.bytes === "string" ? stamp : null;
  } catch {
    return null;
  }
}
