import { preprocessingOf } from "../images/decode_image.ts";
import { chainDigests, digestEach, digestFiles, noBytes } from "../files/file_digests.ts";
import { someOf } from "../files/exists.ts";
import { FileIdentities } from "../files/file_identities.ts";
import { sha256 } from "../files/sha256.ts";
import { lostLinksText } from "../images/folder_links.ts";
import { findImageFiles, passedOverText } from "../images/list_images.ts";
import { messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { cacheFolder } from "../files/cache.ts";
import { dirname, join, relative, resolve } from "../files/paths.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import {
  fileNumbers,
  isSameFile,
  type KeptEmbeddings,
  readKept,
  type Stamp,
  writeKept,
} from "./kept_embeddings.ts";
import type { Model } from "./model.ts";
import { otherOrderText } from "./set_embeddings.ts";

/** How a folder is embedded. */
export interface FolderOptions {
  /** Receives progress, and notices of files that are passed over or cannot be decoded. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Embeddings of all images below `folder`, named by their paths relative to it and sorted by them.
 * (A set has its images in another order, which triplets count by: see `embedSet`. A warning says
 * so of the folder of a set's images.) They are kept in
 * the folder, in a hidden file of the model's, or in the cache where the folder cannot be written,
 * and used again while the model and its precision are the same: only images that are new or changed
 * are embedded, and those that are gone are dropped. Images that cannot be
 * decoded are left out with a warning; files that are no images are counted in a notice. When the
 * model's file was replaced after the model was loaded, all is embedded and nothing is kept. Throws
 * a CsnError when there is no image.
 *
 * @example Embed a folder; the second time nothing is computed
 * ```ts
 * import { embedFolder, Model, start } from "@csn/csn";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await embedFolder(model, "photos");
 * console.log(images.names.length, images.dimension);
 * ```
 */
export async function embedFolder(
  model: Model,
  folder: string,
  options: FolderOptions = {},
): Promise<EmbeddingSet> {
  const embeddings = await folderEmbeddings(model, folder, options);
  const otherOrder = await otherOrderText(folder, embeddings.names);
  if (otherOrder !== null) options.listener?.warning?.(otherOrder);
  return embeddings;
}

/** As `embedFolder`, for those who ask for images by name alone. */
export async function folderEmbeddings(
  model: Model,
  folder: string,
  options: FolderOptions = {},
): Promise<EmbeddingSet> {
  const found = await findImageFiles(folder);
  const passedOver = passedOverText(folder, found.passedOver);
  if (passedOver !== null) options.listener?.notice?.(passedOver);
  const lost = lostLinksText(folder, found.links);
  if (lost !== null) options.listener?.warning?.(lost);
  const files = found.images.map((file) => join(folder, file));
  if (!await model.isFileUnchanged()) {
    options.listener?.notice?.(
      `${model.path} is not the file that the model was loaded from: embeddings are neither taken from those that are kept nor kept`,
    );
    return await embedFiles(model, folder, files, options);
  }
  const read = [model.path, ...files];
  const now = stampNow(model, folder, read);
  const places = keptFiles(model, folder);
  let older: KeptEmbeddings | null = null;
  for (const path of places) {
    const kept = await readKept(path);
    if (kept === null || kept.stamp.how !== now.stamp.how) continue;
    if (!await isWholeKept(kept, now, read, options)) {
      older ??= kept;
      continue;
    }
    warnOfUnreadable(folder, found.images, kept.embeddings, options.listener);
    if (kept.stamp.identity !== now.stamp.identity) await renewIdentity(path, kept, now, model);
    return kept.embeddings;
  }
  const digests = await currentDigests(read, now, older, options);
  const states = digests.map((digest, i) => ({ numbers: now.numbers[i], digest }));
  const known = older === null ? new Map() : rowsOf(older, digests[0]);
  const isKnown = (file: number) => known.has(digests[file + 1]);
  const missing = files.filter((_, file) => !isKnown(file));
  const made = await embedFiles(model, folder, missing, options);
  const madeRows = new Map(made.names.map((name, row) => [name, made.at(row)]));
  const rows = found.images.map((name, file) => known.get(digests[file + 1]) ?? madeRows.get(name));
  const embedded = found.images.flatMap((_, file) => rows[file] === undefined ? [] : [file]);
  const embeddings = stacked(embedded.map((file) => [found.images[file], rows[file]!]), made);
  const whole: KeptEmbeddings = {
    embeddings,
    stamp: { ...now.stamp, bytes: chainDigests("", digests) },
    states: [states[0], ...embedded.map((file) => states[file + 1])],
  };
  // Else the next query would take these for embeddings of the model that is there now.
  if (!await model.isFileUnchanged()) return embeddings;
  await keep(places, whole, model, options.listener).catch((error) =>
    options.listener?.notice?.(
      `The embeddings are not kept for the next query: ${messageOf(error)}`,
    )
  );
  return embeddings;
}

/** Kept embeddings lack the images that could not be decoded, of which nothing changed since. */
function warnOfUnreadable(
  folder: string,
  images: readonly string[],
  { names }: EmbeddingSet,
  listener?: Listener,
): void {
  const known = new Set(names);
  const lacking = images.filter((name) => !known.has(name));
  if (lacking.length === 0) return;
  listener?.warning?.(
    `${lacking.length} of the ${images.length} images in ${folder} could not be decoded (${
      someOf(lacking)
    }): they are left out`,
  );
}

/** Named rows, of as many dimensions as `like` has. */
function stacked(
  rows: readonly (readonly [string, Float32Array])[],
  { dimension }: EmbeddingSet,
): EmbeddingSet {
  const vectors = new Float32Array(rows.length * dimension);
  rows.forEach(([, row], at) => vectors.set(row, at * dimension));
  return new EmbeddingSet({ names: rows.map(([name]) => name), vectors, dimension });
}

/**
 * The digest of each file now; only those are read that are not what they were when embeddings were
 * kept. The first is the model.
 */
async function currentDigests(
  read: readonly string[],
  { names, numbers }: FilesNow,
  older: KeptEmbeddings | null,
  options: FolderOptions,
): Promise<string[]> {
  const before = new Map(
    older?.states.map((state, i) => [i === 0 ? "" : older.embeddings.names[i - 1], state]),
  );
  const digests = names.map((name, i) => {
    const state = before.get(name);
    return state !== undefined && isSameFile(numbers[i], state.numbers) ? state.digest : noBytes;
  });
  const unknown = read.filter((_, i) => digests[i] === noBytes);
  const found = await digestEach(unknown, options);
  return digests.map((digest) => digest === noBytes ? found.shift()! : digest);
}

/** Kept embeddings by the bytes of their images; none of another model's. */
function rowsOf(
  { embeddings, states }: KeptEmbeddings,
  modelDigest: string,
): Map<string, Float32Array> {
  if (states.length === 0 || states[0].digest !== modelDigest) return new Map();
  const rows = states.slice(1).map(({ digest }, row) => [digest, embeddings.at(row)] as const);
  return new Map(rows.filter(([digest]) => digest !== noBytes));
}

async function embedFiles(
  model: Model,
  folder: string,
  files: readonly string[],
  options: FolderOptions,
): Promise<EmbeddingSet> {
  const made = await model.embed(files, {
    ...options,
    onUnreadable: (_name, reason) => options.listener?.warning?.(`${reason}; it is left out`),
  });
  const names = made.names.map((name) => relative(folder, name));
  return new EmbeddingSet({ names, vectors: made.vectors, dimension: made.dimension });
}

/** Where the embeddings of a folder may be kept, the first choice first. */
function keptFiles(model: Model, folder: string): [string, string] {
  const [ofModel, ofFolder] = [model.path, resolve(folder)].map((path) =>
    sha256(path).slice(0, 16)
  );
  return [
    join(folder, `.csn-${ofModel}.safetensors`),
    join(cacheFolder(), "embeddings", `${ofFolder}-${ofModel}.safetensors`),
  ];
}

/** Whether kept embeddings are those of the files as they are now, all and in order. */
async function isWholeKept(
  { stamp }: KeptEmbeddings,
  now: FilesNow,
  read: readonly string[],
  options: FolderOptions,
): Promise<boolean> {
  if (stamp.files !== now.stamp.files) return false;
  return now.stamp.identity !== null && now.stamp.identity === stamp.identity ||
    stamp.bytes === await digestFiles(read, options);
}

/** So that the files need not be read the next time. */
async function renewIdentity(
  path: string,
  kept: KeptEmbeddings,
  now: FilesNow,
  model: Model,
): Promise<void> {
  const current = new Map(now.names.map((name, i) => [name, now.numbers[i]]));
  const states = kept.states.map(({ digest, numbers }, i) => {
    const name = i === 0 ? "" : kept.embeddings.names[i - 1];
    return { digest, numbers: current.get(name) ?? numbers };
  });
  const stamp = { ...kept.stamp, identity: now.stamp.identity };
  await writeKept(path, { ...kept, stamp, states }, model).catch(() => {});
}

/** Keeps embeddings in the first of some files that can be written; throws the last one's error. */
async function keep(
  places: readonly string[],
  kept: KeptEmbeddings,
  model: Model,
  listener?: Listener,
): Promise<void> {
  for (const [choice, path] of places.entries()) {
    try {
      if (choice > 0) await Deno.mkdir(dirname(path), { recursive: true });
      await writeKept(path, kept, model);
      if (choice > 0) listener?.notice?.(`The embeddings are kept for the next query in ${path}`);
      return;
    } catch (error) {
      if (choice === places.length - 1) throw error;
    }
  }
}

/** The files as they are now; the first is the model, whose name is "". */
interface FilesNow {
  readonly stamp: Omit<Stamp, "bytes">;
  readonly names: readonly string[];
  readonly numbers: readonly (readonly number[])[];
}

function stampNow(model: Model, folder: string, files: readonly string[]): FilesNow {
  const identities = new FileIdentities();
  const names = files.map((file, i) => i === 0 ? "" : relative(folder, file));
  const numbers: number[][] = [];
  // One after the other, as for packs: some microseconds each.
  const lines = files.map((file, i) => {
    const info = Deno.statSync(file);
    identities.add(info);
    numbers.push(fileNumbers(info));
    return `${names[i]} ${info.size} ${info.mtime?.getTime()}`;
  });
  const how = sha256(`${preprocessingOf(model.info.fit)}, ${model.network.precision}`);
  const stamp = { how, files: sha256(lines.join("\n")), identity: identities.digest() };
  return { stamp, names, numbers };
}
