import { preprocessingOf } from "../images/decode_image.ts";
import { digestFiles } from "../files/file_digests.ts";
import { FileIdentities } from "../files/file_identities.ts";
import { sha256 } from "../files/sha256.ts";
import { lostLinksText } from "../images/folder_links.ts";
import { findImageFiles, passedOverText } from "../images/list_images.ts";
import { messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { cacheFolder } from "../files/cache.ts";
import { dirname, join, relative, resolve } from "../files/paths.ts";
import { readStored, writeStored } from "./stored_embeddings.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import type { Model } from "./model.ts";
import { otherOrderText } from "./set_embeddings.ts";

/** How a folder is embedded. */
export interface FolderOptions {
  /** Receives progress, and notices of files that are passed over or cannot be decoded. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** What must be unchanged for kept embeddings to be used again. */
interface Stamp {
  /** How files become embeddings: SHA-256 of the model's preprocessing and precision. */
  readonly how: string;
  /** SHA-256 of names, sizes and times of change, of the model file too. */
  readonly files: string;
  /** Of the files, see `FileIdentities`; null when it could not be known. */
  readonly identity: string | null;
  /** SHA-256 over the bytes of the files. */
  readonly bytes: string;
}

/**
 * Embeddings of all images below `folder`, named by their paths relative to it and sorted by them.
 * (A set has its images in another order, which triplets count by: see `embedSet`. A warning says
 * so of the folder of a set's images.) They are kept in
 * the folder, in a hidden file of the model's, or in the cache where the folder cannot be written,
 * and used again while the model, its precision and the images are the same. Images that cannot be
 * decoded are left out with a warning; files that are no images are counted in a notice. Throws a
 * CsnError when there is no image.
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
  const read = [model.path, ...files];
  const now = stampNow(model, folder, read);
  const places = keptFiles(model, folder);
  for (const path of places) {
    const kept = await keptAt(path, now, read, options);
    if (kept === null) continue;
    if (kept.stamp.identity !== now.identity) {
      await keep([path], kept.embeddings, model, { ...kept.stamp, identity: now.identity })
        .catch(() => {});
    }
    return kept.embeddings;
  }
  const stamp = { ...now, bytes: await digestFiles(read, options) };
  const embeddings = await embedFiles(model, folder, files, options);
  await keep(places, embeddings, model, stamp, options.listener).catch((error) =>
    options.listener?.notice?.(
      `The embeddings are not kept for the next query: ${messageOf(error)}`,
    )
  );
  return embeddings;
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

/** The embeddings in a file if they are those of the files as they are now; else null. */
async function keptAt(
  path: string,
  now: Omit<Stamp, "bytes">,
  read: readonly string[],
  options: FolderOptions,
): Promise<{ embeddings: EmbeddingSet; stamp: Stamp } | null> {
  const kept = await readStored(path).catch(() => null);
  const stamp = kept === null ? null : parseStamp(kept.stamp);
  if (stamp === null || stamp.how !== now.how || stamp.files !== now.files) return null;
  const isSame = now.identity !== null && now.identity === stamp.identity ||
    stamp.bytes === await digestFiles(read, options);
  return isSame ? { embeddings: kept!.embeddings, stamp } : null;
}

/** Keeps embeddings in the first of some files that can be written; throws the last one's error. */
async function keep(
  places: readonly string[],
  embeddings: EmbeddingSet,
  model: Model,
  stamp: Stamp,
  listener?: Listener,
): Promise<void> {
  for (const [choice, path] of places.entries()) {
    try {
      if (choice > 0) await Deno.mkdir(dirname(path), { recursive: true });
      await writeStored(path, embeddings, { masks: model.masks, stamp: JSON.stringify(stamp) });
      if (choice > 0) listener?.notice?.(`The embeddings are kept for the next query in ${path}`);
      return;
    } catch (error) {
      if (choice === places.length - 1) throw error;
    }
  }
}

function stampNow(
  model: Model,
  folder: string,
  files: readonly string[],
): Omit<Stamp, "bytes"> {
  const identities = new FileIdentities();
  // One after the other, as for packs: some microseconds each.
  const lines = files.map((file, i) => {
    const info = Deno.statSync(file);
    identities.add(info);
    return `${i === 0 ? "" : relative(folder, file)} ${info.size} ${info.mtime?.getTime()}`;
  });
  return {
    how: sha256(`${preprocessingOf(model.info.fit)}, ${model.network.precision}`),
    files: sha256(lines.join("\n")),
    identity: identities.digest(),
  };
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
