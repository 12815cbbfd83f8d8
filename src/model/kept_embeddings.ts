/** Embeddings of images in the file that keeps them, with what they were made of. */
import { isFresh } from "../files/file_identities.ts";
import type { StoredTensor } from "../tensor/safetensors.ts";
import type { EmbeddingSet } from "./embedding_set.ts";
import { MappedEmbeddings } from "./mapped_embeddings.ts";
import type { Model } from "./model.ts";
import { writeStored } from "./stored_embeddings.ts";

/** What must be unchanged for kept embeddings to be used again as a whole. */
export interface Stamp {
  /** SHA-256 of the preprocessing and the precision. */
  readonly how: string;
  /** What decides the model's embeddings, see `modelFingerprint`; an older csn did not know it. */
  readonly model?: string;
  /** What the model's file was when that was known, see `FileIdentities`. */
  readonly modelFile?: string | null;
  /** SHA-256 of the images' names, sizes and times of change. */
  readonly files: string;
  /** Of the images, see `FileIdentities`; null when it could not be known. */
  readonly identity: string | null;
  /** SHA-256 over the bytes of the images; of an older csn, of the model's file before them. */
  readonly bytes: string;
}

/** What is known of one file. */
export interface FileState {
  /** Its size, its times of writing and of change, its number on the disk. */
  readonly numbers: readonly number[];
  /** SHA-256 of its bytes; "" where they could not be read. */
  readonly digest: string;
}

/** A file that keeps embeddings. */
export interface KeptFile extends Disposable {
  readonly path: string;
  readonly embeddings: MappedEmbeddings;
  readonly stamp: Stamp;
}

/** Of a file as it is now; NaN is equal to no number, so a file that just changed is read again. */
export function fileNumbers(info: Deno.FileInfo | null): number[] {
  if (info === null) return [NaN, NaN, NaN, NaN];
  const { size, mtime, ctime, ino } = info;
  const [written, changed] = [mtime, ctime].map((time) => time?.getTime() ?? NaN);
  return [size, written, isFresh(changed) ? NaN : changed, ino ?? NaN];
}

/** Whether a file is the same as when its bytes were read. */
export function isSameFile(a: readonly number[], b: readonly number[]): boolean {
  return a.every((number, i) => number === b[i]);
}

const digestBytes = 32;

/** Opens a file that keeps embeddings. Throws a CsnError for one that is damaged or none. */
export async function openKept(path: string): Promise<KeptFile> {
  using stack = new DisposableStack();
  const embeddings = stack.use(await MappedEmbeddings.open(path));
  const stamp = JSON.parse(embeddings.stamp);
  const held = stack.move();
  return { path, embeddings, stamp, [Symbol.dispose]: () => held.dispose() };
}

/** The model file's state, then those of the rows; none in files of an older csn. */
export async function readStates({ embeddings }: KeptFile): Promise<FileState[]> {
  const files = 1 + embeddings.count;
  const [numbers, digests] = await Promise.all(
    ["file_numbers", "file_digests"].map((name) => embeddings.tensor(name)),
  );
  const isWhole = numbers?.dtype === "float64" && `${numbers.shape}` === `${files},4` &&
    digests?.dtype === "uint8" && `${digests.shape}` === `${files},${digestBytes}`;
  return isWhole ? statesOf(numbers, digests) : [];
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

/** Writes embeddings with the states that `readStates` gives, whole or not at all. */
export async function writeKept(
  path: string,
  { embeddings, stamp, states }: {
    readonly embeddings: EmbeddingSet;
    readonly stamp: Stamp;
    readonly states: readonly FileState[];
  },
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
