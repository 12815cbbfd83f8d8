/** Embeds images once: what is kept is used again, and only what is new is embedded. */
import { messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { cacheFolder } from "../files/cache.ts";
import { keepRecent } from "../files/keep_recent.ts";
import { infoOfSync, isFile } from "../files/exists.ts";
import { chainDigests, digestEach, digestFiles, noBytes } from "../files/file_digests.ts";
import { FileIdentities } from "../files/file_identities.ts";
import { dirname, join, resolve } from "../files/paths.ts";
import { sha256 } from "../files/sha256.ts";
import { preprocessingOf } from "../images/decode_image.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import {
  fileNumbers,
  type FileState,
  isSameFile,
  type KeptFile,
  openKept,
  readStates,
  type Stamp,
  writeKept,
} from "./kept_embeddings.ts";
import type { MappedEmbeddings } from "./mapped_embeddings.ts";
import type { Model } from "./model.ts";
import { modelFingerprint } from "./model_fingerprint.ts";

/** How images are embedded whose embeddings are kept. */
export interface FolderOptions {
  /** Receives progress, and notices of files that are passed over or cannot be decoded. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** Images whose embeddings are kept. */
export interface KeptImages {
  /** What each is called. */
  readonly names: readonly string[];
  /** Where each lies. */
  readonly files: readonly string[];
  /** What the file system says of each just now, null where it is not there. @default {it is asked} */
  readonly infos?: readonly (Deno.FileInfo | null)[];
  /** Whether row i is image number i: then those that cannot be read have rows of NaN. */
  readonly areNumbered: boolean;
  /** Files that keep the embeddings, the first choice first. */
  readonly places: readonly string[];
  /** Other files that may know some of them. */
  readonly others: () => Promise<readonly string[]>;
}

/**
 * The embeddings of images: mapped from the file that keeps them where nothing changed, else made,
 * kept, and in memory. A file that is damaged is made anew.
 */
export async function keepEmbeddings(
  model: Model,
  images: KeptImages,
  options: FolderOptions,
): Promise<MappedEmbeddings | EmbeddingSet> {
  const now = new Now(model, images);
  if (!await model.isFileUnchanged()) {
    options.listener?.notice?.(
      `${model.path} is not the file that the model was loaded from: embeddings are neither taken from those that are kept nor kept`,
    );
    return (await embedMissing(model, images, { now, digests: [], before: new Map() }, options))
      .set;
  }
  using stack = new DisposableStack();
  let older: KeptFile | null = null;
  for (const path of images.places) {
    const kept = await openIfWhole(path, options.listener);
    if (kept === null) continue;
    if (kept.stamp.how === now.how && await isWhole(kept, now, images, options)) {
      await renew(kept, now, { model, images });
      return kept.embeddings;
    }
    stack.use(kept);
    if (kept.stamp.how === now.how) older ??= kept;
  }
  for (const path of older === null ? await images.others() : []) {
    const kept = await openIfWhole(path);
    if (kept === null) continue;
    stack.use(kept);
    if (kept.stamp.how === now.how) older ??= kept;
  }
  return await makeAnew(model, images, { now, older }, options);
}

/** Where embeddings of a folder, or of the set that it is, may be kept, the first choice first. */
export function keptPlaces(model: Model, folder: string, kind: "folder" | "set"): string[] {
  const [ofModel, ofFolder] = [model.path + (kind === "set" ? "\nset" : ""), resolve(folder)]
    .map((text) => sha256(text).slice(0, 16));
  return [
    join(folder, `.csn-${ofModel}.safetensors`),
    join(cacheFolder(), "embeddings", `${ofFolder}-${ofModel}.safetensors`),
  ];
}

/** Null where there is no such file, or one that is of no use. */
async function openIfWhole(path: string, listener?: Listener): Promise<KeptFile | null> {
  try {
    return await openKept(path);
  } catch {
    if (await isFile(path)) {
      listener?.notice?.(
        `The embeddings kept in ${path} cannot be read, are damaged, or an older csn's: they are made anew`,
      );
    }
    return null;
  }
}

/** The model and the images as they are now. */
class Now {
  /** As in `Stamp`. */
  readonly how: string;
  readonly files: string;
  readonly identity: string | null;
  readonly modelFile: string | null;
  /** The model's file, then the images. */
  readonly numbers: readonly (readonly number[])[];
  readonly #model: Model;
  #fingerprint: Promise<string> | null = null;

  constructor(model: Model, { names, files, ...given }: KeptImages) {
    this.#model = model;
    this.how = sha256(`${preprocessingOf(model.info.fit)}, ${model.network.precision}`);
    const ofModel = new FileIdentities();
    const modelInfo = infoOfSync(model.path);
    if (modelInfo !== null) ofModel.add(modelInfo);
    this.modelFile = modelInfo === null ? null : ofModel.digest();
    const identities = new FileIdentities();
    // One after the other, as for packs: some microseconds each.
    const infos = given.infos ?? files.map((file) => infoOfSync(file));
    const lines = infos.map((info, i) => {
      if (info === null) return `${names[i]} missing`;
      identities.add(info);
      return `${names[i]} ${info.size} ${info.mtime?.getTime()}`;
    });
    this.files = sha256(lines.join("\n"));
    this.identity = identities.digest();
    this.numbers = [modelInfo, ...infos].map(fileNumbers);
  }

  /** What decides the model's embeddings; its file is read once. */
  fingerprint(): Promise<string> {
    return this.#fingerprint ??= modelFingerprint(this.#model);
  }

  /** Whether embeddings are this model's, whatever else its file says. */
  async isOfModel({ model, modelFile }: Stamp): Promise<boolean> {
    if (model === undefined) return false;
    return this.modelFile !== null && this.modelFile === modelFile ||
      model === await this.fingerprint();
  }
}

/** Whether kept embeddings are those of the images as they are now, all and in order. */
async function isWhole(
  { stamp }: KeptFile,
  now: Now,
  { files }: KeptImages,
  options: FolderOptions,
): Promise<boolean> {
  if (stamp.files !== now.files || !await now.isOfModel(stamp)) return false;
  return now.identity !== null && now.identity === stamp.identity ||
    stamp.bytes === await digestFiles(files, options);
}

/** So that the files need not be read the next time. */
async function renew(
  kept: KeptFile,
  now: Now,
  { model, images }: { readonly model: Model; readonly images: KeptImages },
): Promise<void> {
  const { path, stamp, embeddings } = kept;
  if (stamp.identity === now.identity && stamp.modelFile === now.modelFile) return;
  const current = new Map(images.names.map((name, i) => [name, now.numbers[i + 1]]));
  const states = (await readStates(kept)).map(({ digest, numbers }, i) => ({
    digest,
    numbers: i === 0 ? now.numbers[0] : current.get(embeddings.nameOf(i - 1)) ?? numbers,
  }));
  const renewed = { ...stamp, identity: now.identity, modelFile: now.modelFile };
  await writeKept(path, { embeddings: embeddings.read(), stamp: renewed, states }, model)
    .catch(() => {});
}

/** Embeds what is new, and keeps all. */
async function makeAnew(
  model: Model,
  images: KeptImages,
  { now, older }: { readonly now: Now; readonly older: KeptFile | null },
  options: FolderOptions,
): Promise<EmbeddingSet> {
  const states = older === null ? [] : await readStates(older);
  const digests = await digestsNow(model, images, { now, older, states }, options);
  const before = older === null
    ? new Map()
    : await rowsBefore(older, states, { now, images, digests });
  const found = await embedMissing(model, images, { now, digests, before }, options);
  const stamp = {
    ...{ how: now.how, files: now.files, identity: now.identity, modelFile: now.modelFile },
    model: await now.fingerprint(),
    bytes: chainDigests("", digests.slice(1)),
  };
  const ofRows = [-1, ...found.images].map((image) => ({
    numbers: now.numbers[image + 1],
    digest: digests[image + 1],
  }));
  // Else the next query would take these for embeddings of the model that is there now.
  if (!await model.isFileUnchanged()) return found.set;
  const whole = { embeddings: found.set, stamp, states: ofRows };
  await keep(images.places, whole, model, options.listener).catch((error) =>
    options.listener?.notice?.(
      `The embeddings are not kept for the next query: ${messageOf(error)}`,
    )
  );
  return found.set;
}

/**
 * The digest of the model's file and of each image now; only those are read that are not what they
 * were when embeddings were kept.
 */
async function digestsNow(
  model: Model,
  { names, files }: KeptImages,
  { now, older, states }: {
    readonly now: Now;
    readonly older: KeptFile | null;
    readonly states: readonly FileState[];
  },
  options: FolderOptions,
): Promise<string[]> {
  const before = new Map(
    states.map((state, i) => [i === 0 ? "" : older!.embeddings.nameOf(i - 1), state]),
  );
  const digests = ["", ...names].map((name, i) => {
    const state = before.get(name);
    return state !== undefined && isSameFile(now.numbers[i], state.numbers)
      ? state.digest
      : noBytes;
  });
  const unknown = [model.path, ...files].filter((_, i) => digests[i] === noBytes);
  const found = await digestEach(unknown, options);
  return digests.map((digest) => digest === noBytes ? found.shift()! : digest);
}

/** Kept embeddings by the bytes of their images; none of another model's. */
async function rowsBefore(
  { embeddings, stamp }: KeptFile,
  states: readonly FileState[],
  { now, images, digests }: {
    readonly now: Now;
    readonly images: KeptImages;
    readonly digests: readonly string[];
  },
): Promise<Map<string, Float32Array>> {
  // Files of an older csn know the bytes of the model's file alone, or those of all files together.
  const isOwn = stamp.model !== undefined
    ? await now.isOfModel(stamp)
    : states.length > 0
    ? states[0].digest === digests[0]
    : stamp.bytes === chainDigests("", digests);
  if (!isOwn) return new Map();
  const ofNames = new Map(images.names.map((name, i) => [name, digests[i + 1]]));
  const set = embeddings.read();
  const rows = set.names.map((name, row): [string, Float32Array] => [
    states[row + 1]?.digest ?? ofNames.get(name) ?? noBytes,
    set.at(row),
  ]);
  return new Map(rows.filter(([digest, row]) => digest !== noBytes && row.every(Number.isFinite)));
}

/** All rows: those that are known, and those of images that are embedded for it. */
async function embedMissing(
  model: Model,
  { names, files, areNumbered }: KeptImages,
  { now, digests, before }: {
    readonly now: Now;
    readonly digests: readonly string[];
    readonly before: ReadonlyMap<string, Float32Array>;
  },
  options: FolderOptions,
): Promise<{
  readonly set: EmbeddingSet;
  /** [rows]: which image each is of. */
  readonly images: readonly number[];
}> {
  const known = files.map((_, image) => before.get(digests[image + 1]));
  const isThere = (image: number) => !areNumbered || !Number.isNaN(now.numbers[image + 1][0]);
  const missing = files.filter((_, image) => known[image] === undefined && isThere(image));
  const made = await model.embed(missing, {
    ...options,
    onUnreadable: (_name, reason) => options.listener?.warning?.(`${reason}; it is left out`),
  });
  const madeRows = new Map(made.names.map((file, row) => [file, made.at(row)]));
  const rows = files.map((file, image) => known[image] ?? madeRows.get(file));
  const images = [...files.keys()].filter((image) => areNumbered || rows[image] !== undefined);
  const { dimension } = made;
  const vectors = new Float32Array(images.length * dimension).fill(NaN);
  images.forEach((image, row) => {
    if (rows[image] !== undefined) vectors.set(rows[image], row * dimension);
  });
  const set = new EmbeddingSet({ names: images.map((image) => names[image]), vectors, dimension });
  return { set, images };
}

/** Files of embeddings that the cache keeps in any case, and the days that it keeps others unused. */
const [most, days] = [32, 180];

/** Keeps embeddings in the first of some files that can be written; throws the last one's error. */
async function keep(
  places: readonly string[],
  kept: Parameters<typeof writeKept>[1],
  model: Model,
  listener?: Listener,
): Promise<void> {
  for (const [choice, path] of places.entries()) {
    try {
      if (choice > 0) await Deno.mkdir(dirname(path), { recursive: true });
      await writeKept(path, kept, model);
      if (choice === 0) return;
      listener?.notice?.(`The embeddings are kept for the next query in ${path}`);
      await keepRecent(dirname(path), { named: /\.safetensors$/, most, days });
      return;
    } catch (error) {
      if (choice === places.length - 1) throw error;
    }
  }
}
