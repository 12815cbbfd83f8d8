/** Embeddings in files that other programs read: .npy, .safetensors, .jsonl. */
import { CsnError, messageOf, shown, UsageError } from "../base/errors.ts";
import { isObject } from "../base/json_values.ts";
import { examineOutput } from "../files/output_file.ts";
import { extname } from "../files/paths.ts";
import { writeWhole } from "../files/write_whole.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import { npyBytes, parseNpy } from "./npy_embeddings.ts";
import {
  readStored,
  type StoredEmbeddings,
  type StoredNumbers,
  writeStored,
} from "./stored_embeddings.ts";
import { unreadable } from "./unreadable_embeddings.ts";

/** Endings that `writeEmbeddings` knows. */
export const embeddingEndings = [".npy", ".safetensors", ".jsonl"] as const;

/** How embeddings are written. */
export interface WriteEmbeddingsOptions extends StoredNumbers {
  /** Masks [D] by notion that go with them, as in `Model.masks`; only `.safetensors` holds them. */
  readonly masks?: ReadonlyMap<string, Float32Array>;
  /** Replace a file that is there, even one that csn did not write. @default {false} */
  readonly overwrite?: boolean;
}

/**
 * Writes embeddings [N, D], whole or not at all. `.npy` holds the float32 matrix, the names go to
 * `<file>.names.txt`; `.safetensors` holds `embeddings`, `masks` [notions, D] and the names in its
 * metadata, numbers as `dtype` and `codes` say, and a checksum by
 * which damage is noticed; `.jsonl` one `{"name", "embedding"}` a line.
 *
 * Throws a CsnError, before it writes, when the format cannot hold a name or a number (a name with
 * a line break in `.npy`, what is not finite in `.jsonl`), and when a file lies there that does not
 * say csn wrote it.
 *
 * @example Write a folder's embeddings for numpy
 * ```ts
 * import { embedFolder, Model, start, writeEmbeddings } from "@csn/csn";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * await writeEmbeddings("photos.npy", await embedFolder(model, "photos"));
 * ```
 */
export async function writeEmbeddings(
  path: string,
  embeddings: EmbeddingSet,
  options: WriteEmbeddingsOptions = {},
): Promise<void> {
  const { names, vectors, dimension } = embeddings;
  await examineEmbeddings(path, options);
  switch (checkedEnding(path)) {
    case ".npy":
      checkLines(path, names);
      await writeWhole(path, npyBytes(vectors, names.length, dimension));
      return await writeWhole(namesPath(path), names.map((name) => name + "\n").join(""));
    case ".jsonl":
      checkFinite(path, embeddings);
      return await writeWhole(path, jsonLines(embeddings));
    case ".safetensors":
      return await writeStored(path, embeddings, options);
  }
}

/**
 * Reads embeddings that `writeEmbeddings` wrote, in any of its formats; masks only `.safetensors`
 * has. Throws a CsnError for a file that is missing or holds something else, and says what.
 *
 * @example Write embeddings with their masks and read them again
 * ```ts
 * import { EmbeddingSet, readEmbeddings, writeEmbeddings } from "@csn/csn";
 *
 * const one = new EmbeddingSet({ names: ["a"], vectors: new Float32Array([1, 2]), dimension: 2 });
 * const masks = new Map([["heel", new Float32Array([0, 1])]]);
 * await writeEmbeddings("one.safetensors", one, { masks });
 * const stored = await readEmbeddings("one.safetensors");
 * console.log(stored.embeddings.names, stored.masks.get("heel"));
 * ```
 */
export async function readEmbeddings(path: string): Promise<StoredEmbeddings> {
  switch (checkedEnding(path, "read embeddings from")) {
    case ".npy":
      return { embeddings: await readNpy(path), masks: new Map() };
    case ".jsonl":
      return { embeddings: parseLines(path, await contents(path)), masks: new Map() };
    case ".safetensors": {
      const { embeddings, masks } = await readStored(path);
      return { embeddings, masks };
    }
  }
}

/**
 * Examines where embeddings are to go, before they are made: see `examineOutput`. Only .safetensors
 * can say that csn wrote it.
 */
export async function examineEmbeddings(
  path: string,
  { overwrite, dtype, codes }: Pick<WriteEmbeddingsOptions, "overwrite" | "dtype" | "codes">,
): Promise<void> {
  const ending = checkedEnding(path);
  if (ending !== ".safetensors" && (dtype === "float16" || codes)) {
    throw new UsageError(
      `Cannot write embeddings to "${path}" ${
        codes ? "with codes" : "as float16"
      }: ${ending} holds float32 alone; end the file with .safetensors`,
    );
  }
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

/** The ending of a file for embeddings. Throws a UsageError that lists the ones there are. */
export function checkedEnding(
  path: string,
  attempted = "write embeddings to",
): typeof embeddingEndings[number] {
  const ending = embeddingEndings.find((each) => each === extname(path));
  if (ending === undefined) {
    throw new UsageError(
      `Cannot ${attempted} "${path}": its ending says no format; end it with ${
        embeddingEndings.join(", ")
      }`,
    );
  }
  return ending;
}

async function readNpy(path: string): Promise<EmbeddingSet> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw unreadable(path, reasonText(error), error);
  }
  const { values, rows, columns } = parseNpy(path, bytes);
  const text = await contents(namesPath(path), path);
  const names = text.split("\n").slice(0, -1);
  if (names.length !== rows || (text !== "" && !text.endsWith("\n"))) {
    throw unreadable(path, `it has ${rows} of them, ${namesPath(path)} has ${names.length} names`);
  }
  return new EmbeddingSet({ names, vectors: values, dimension: columns });
}

/** The text of a file; `of` is the file of embeddings that it belongs to. */
async function contents(file: string, of: string = file): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const found = reasonText(error);
    throw unreadable(of, file === of ? found : `${file}, with its names: ${found}`, error);
  }
}

function reasonText(error: unknown): string {
  return error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error);
}

function jsonLines(embeddings: EmbeddingSet): string {
  return embeddings.names
    .map((name, row) => JSON.stringify({ name, embedding: [...embeddings.at(row)] }) + "\n")
    .join("");
}

function parseLines(path: string, text: string): EmbeddingSet {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw unreadable(path, "its last line is cut short");
  if (lines.length === 0) throw unreadable(path, "it holds none");
  const rows = lines.map((line, at) => parseLine(path, line, at + 1));
  const dimension = rows[0].embedding.length;
  const odd = rows.findIndex(({ embedding }) => embedding.length !== dimension);
  if (odd !== -1) {
    throw unreadable(
      path,
      `line ${odd + 1} has ${rows[odd].embedding.length} dimensions, line 1 has ${dimension}`,
    );
  }
  return new EmbeddingSet({
    names: rows.map(({ name }) => name),
    vectors: Float32Array.from(rows.flatMap(({ embedding }) => embedding)),
    dimension,
  });
}

function parseLine(
  path: string,
  line: string,
  number: number,
): { readonly name: string; readonly embedding: readonly number[] } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw unreadable(path, `line ${number} is no JSON (${messageOf(error)})`, error);
  }
  if (isObject(value) && typeof value.name === "string" && isVector(value.embedding)) {
    return { name: value.name, embedding: value.embedding };
  }
  throw unreadable(
    path,
    `line ${number} is ${shown(value)}, not {"name": text, "embedding": numbers}`,
  );
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

/** Beside a matrix there is a name a line. */
function checkLines(path: string, names: readonly string[]): void {
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
