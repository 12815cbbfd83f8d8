import { toleratedMissing } from "../missing_images.ts";
import { CsnError, messageOf, UsageError } from "../../base/errors.ts";
import { FileLock } from "../../files/file_lock.ts";
import type { Listener } from "../../base/listener.ts";
import { absenceOf } from "../../files/exists.ts";
import { join } from "../../files/paths.ts";
import { chainDigests, digestFiles } from "../../files/file_digests.ts";
import { decodeInto } from "./decode_into.ts";
import type { Fit } from "../../images/fit.ts";
import type { ImageSet } from "../image_set.ts";
import {
  emptyHeader,
  type PackHeader,
  readHeader,
  type UnreadableImage,
  writeHeader,
} from "./pack_header.ts";
import { packFolders, packName, placeToWrite, removeOldPacks } from "./pack_place.ts";
import { imagePath, type ImageSurvey, surveyImages } from "./survey_images.ts";

export type { UnreadableImage } from "./pack_header.ts";

/**
 * All images of a set, decoded, in one file: uint8 [count, imageSize, imageSize, 3] from byte 0 on.
 */
export interface Pack {
  /** Absolute path of the file. */
  readonly path: string;
  /** Side of the square images in pixels. */
  readonly imageSize: number;
  /** How files became pixels. */
  readonly preprocessing: string;
  /** SHA-256 over the bytes of the files; null for a pack from before they were recorded. */
  readonly bytes: string | null;
  /** Images in it. */
  readonly count: number;
  /** Images that are missing or cannot be decoded, by index; their pixels are 0. */
  readonly unreadable: readonly UnreadableImage[];
}

/** How `preparePack` goes about it. */
export interface PackOptions {
  /** How images become squares. @default {as the set says} */
  readonly fit?: Fit;
  /**
   * Folder for packs: one in it for each set. @default {the set's own, or one in the cache where
   * that cannot be written}
   */
  readonly packDir?: string;
  /** Receives progress of decoding, and warnings of images that cannot be decoded. */
  readonly listener?: Listener;
  /** Stops the work after the images in hand; what is done is kept, and the next call goes on. */
  readonly signal?: AbortSignal;
  /** Accept more than 1 % of missing or undecodable images. @default {false} */
  readonly allowMissing?: boolean;
}

/** Decoded bytes between two records of progress; what a kill can cost is a second or two. */
const chunkBytes = 16 * 2 ** 20;

/** How many unreadable images a warning names. */
const shownImages = 3;

/** What is wanted of a pack, and what lies on the disk of its images. */
interface Wish {
  readonly set: ImageSet;
  readonly fit: Fit;
  readonly survey: ImageSurvey;
  /** The header of the pack, with nothing done. */
  readonly header: PackHeader;
  readonly options: PackOptions;
}

/**
 * Decodes all images of a set into `<set>/<imageSize>.pack`, with a header in `.pack.json` beside
 * it, unless that is done already; where the set's folder cannot be written, into a folder of the
 * cache, with a notice. A pack is made again when the list of files, a file's size, time of change
 * or bytes, or the way of decoding differs. (Bytes are compared where files are others to the file
 * system, because they were replaced, copied or moved.) Work that was broken off, even by a kill,
 * goes on where it stood. While another process makes the pack, this one waits and then uses it. A
 * pack is only ever replaced by rename, because it may be mapped into memory elsewhere.
 *
 * Throws a CsnError when more than 1 % of the images are unreadable (unless `allowMissing`) or the
 * pack cannot be written; the signal's reason when it is aborted.
 *
 * @example Decode a set's images once and map them into memory
 * ```ts
 * import { start } from "@csn/csn";
 * import { mapPack, openImageSet, preparePack } from "@csn/csn/sets";
 *
 * await start();
 * const pack = await preparePack(await openImageSet("data/mine"), 16);
 * using pixels = mapPack(pack);
 * console.log(pixels.shape, pixels.dtype); // [images, 16, 16, 3], uint8
 * ```
 */
export async function preparePack(
  set: ImageSet,
  imageSize: number,
  options: PackOptions = {},
): Promise<Pack> {
  if (!Number.isInteger(imageSize) || imageSize < 1) {
    throw new UsageError(
      `Cannot make images of ${imageSize} pixels: the size is a whole number from 1 on`,
    );
  }
  const wish = wishOf(set, imageSize, options);
  const ready = await findPack(wish) ?? await makePack(wish);
  const { unreadable } = ready.header;
  if (isTooMany(set, unreadable, options)) throw tooMany(set, unreadable, true);
  warnOf(set, unreadable, options.listener);
  return packOf(ready);
}

/** The pack that `preparePack` would make, where it is ready; null where it is not. */
export async function readyPack(
  set: ImageSet,
  imageSize: number,
  options: PackOptions = {},
): Promise<Pack | null> {
  const ready = await findPack(wishOf(set, imageSize, options));
  return ready === null ? null : packOf(ready);
}

function wishOf(set: ImageSet, imageSize: number, options: PackOptions): Wish {
  const { fit = set.fit } = options;
  const survey = surveyImages(set);
  return { set, fit, survey, header: emptyHeader(set, imageSize, fit, survey), options };
}

function packOf({ path, header }: ReadyPack): Pack {
  const { imageSize, preprocessing, bytes = null, count, unreadable } = header;
  return { path, imageSize, preprocessing, bytes, count, unreadable };
}

/** A pack that is complete. */
interface ReadyPack {
  readonly path: string;
  readonly header: PackHeader;
}

/** The pack that is wanted, where one is ready. */
async function findPack(wish: Wish): Promise<ReadyPack | null> {
  const name = packName(wish.header.imageSize, wish.fit);
  for (const folder of packFolders(wish.set, wish.options.packDir)) {
    const path = join(folder, name);
    const header = await readyHeader(path, wish);
    if (header !== null) return { path, header };
  }
  return null;
}

/** The header of the pack at `path` if it is complete and what is wanted. */
async function readyHeader(path: string, wish: Wish): Promise<PackHeader | null> {
  const header = await readHeader(`${path}.json`, wish.header, wish.survey);
  if (header === null || header.done !== header.count) return null;
  if (await sizeOf(path) !== header.count * imageBytes(header)) return null;
  const found = await withSameFiles(header, wish);
  if (found !== null && found.identity !== header.identity) {
    // Where it cannot be recorded, files are read again the next time.
    await writeHeader(`${path}.json`, found).catch(() => {});
  }
  return found;
}

/**
 * The header with the files' present identity if they hold what they held, else null. Files that
 * are others to the file system are read: a picture may have been replaced by one of the same size
 * and time, or the whole set copied or moved.
 */
async function withSameFiles(
  header: PackHeader,
  { set, survey, options }: Wish,
): Promise<PackHeader | null> {
  if (survey.contents === null) return header;
  // A pack from before identities were recorded is believed, and known by them from now on.
  const isOld = header.identity === undefined;
  if (survey.identity === null ? isOld : survey.identity === header.identity) return header;
  const files = Array.from({ length: header.done }, (_, image) => imagePath(set, survey, image));
  if (!isOld && header.bytes !== await digestFiles(files, options)) return null;
  return { ...header, identity: survey.identity ?? "" };
}

async function makePack(wish: Wish): Promise<ReadyPack> {
  const { set, survey, options } = wish;
  if (survey.contents === null) {
    const folder = set.imageFolder;
    const found = await absenceOf(folder, `there is no folder ${folder}`);
    throw new CsnError(
      `Cannot decode the images of ${set.name}: ${found}; ` +
        `make or fetch the set again, or correct "images" in its set.json`,
    );
  }
  const missing = missingImages(set, survey);
  if (isTooMany(set, missing, options)) throw tooMany(set, missing, true);
  const name = packName(wish.header.imageSize, wish.fit);
  const { path, because } = await placeToWrite(set, name, options.packDir);
  try {
    return { path, header: await makeAlone(path, because, wish) };
  } catch (error) {
    // A full disk or quota; Deno ends the system's messages so.
    if (error instanceof CsnError || !messageOf(error).includes("(os error ")) throw error;
    const megabytes = Math.ceil(wish.header.count * imageBytes(wish.header) / 1e6);
    throw new CsnError(
      `Cannot make the image pack ${path}: ${messageOf(error)}; it takes ${megabytes} MB in all, ` +
        `and what is done is kept: once this is mended, run it again, or choose another folder with \`packDir\``,
      { cause: error },
    );
  }
}

/** Makes the pack while no other process does; `because` says why it is not in the set's folder. */
async function makeAlone(path: string, because: string | null, wish: Wish): Promise<PackHeader> {
  const { set, options: { listener, signal } } = wish;
  const announce = (holder: string) =>
    listener?.notice?.(
      `process ${holder || "(unknown)"} is making the image pack ${path}: waiting for it`,
    );
  using _lock = await FileLock.wait(`${path}.lock`, announce, signal);
  // Another process may have made it before the lock was free.
  const ready = await readyHeader(path, wish);
  if (ready !== null) return ready;
  if (because !== null) {
    listener?.notice?.(`the image pack of ${set.name} is kept as ${path}: ${because}`);
  }
  const header = await fill(path, wish);
  await putInPlace(path);
  if (because !== null) await removeOldPacks();
  return header;
}

/** Decodes what is not yet done into `<path>.part`; its header says how far it has come. */
async function fill(path: string, wish: Wish): Promise<PackHeader> {
  const { set, fit, survey, options } = wish;
  let header = await startedHeader(path, wish);
  if (header.done === header.count && await sizeOf(`${path}.part`) === null) return header;
  const chunk = Math.max(1, Math.floor(chunkBytes / imageBytes(header)));
  using file = await openPart(path, header);
  while (header.done < header.count) {
    const pixels = new Uint8Array(Math.min(chunk, header.count - header.done) * imageBytes(header));
    const decoded = await decodeInto(pixels, set, header, fit, survey, options);
    const unreadable = [...header.unreadable, ...decoded.unreadable];
    const bytes = header.bytes === undefined
      ? undefined
      : chainDigests(header.bytes, decoded.digests);
    header = { ...header, done: header.done + decoded.count, bytes, unreadable };
    await record(file, path, pixels.subarray(0, decoded.count * imageBytes(header)), header);
    options.signal?.throwIfAborted();
    if (isTooMany(set, unreadable, options)) {
      // Nothing of this is kept: what was wrong may be mended without a change of the files.
      await Deno.remove(`${path}.part.json`);
      await Deno.remove(`${path}.part`);
      throw tooMany(set, unreadable, header.done === header.count);
    }
  }
  return header;
}

/** The header to go on from: that of work which was broken off, or the empty one. */
async function startedHeader(path: string, wish: Wish): Promise<PackHeader> {
  const wanted = wish.header;
  const written = await readHeader(`${path}.part.json`, wanted, wish.survey);
  const started = written === null ? null : await withSameFiles(written, wish);
  if (started === null) return wanted;
  const size = await sizeOf(`${path}.part`);
  if (size !== null) return size >= started.done * imageBytes(started) ? started : wanted;
  // The end came between the two renames of putInPlace.
  const renamed = started.done === started.count && await sizeOf(`${path}.json`) === null &&
    await sizeOf(path) === started.count * imageBytes(started);
  return renamed ? started : wanted;
}

async function openPart(path: string, header: PackHeader): Promise<Deno.FsFile> {
  // First the header, lest an older one should take the new pixels for its own.
  await writeHeader(`${path}.part.json`, header);
  const file = await Deno.open(`${path}.part`, { write: true, create: true });
  // A kill may have left pixels that no header describes.
  await file.truncate(header.done * imageBytes(header));
  await file.seek(0, Deno.SeekMode.End);
  return file;
}

/** Writes pixels, waits until they are on the disk, and only then records that they are. */
async function record(
  file: Deno.FsFile,
  path: string,
  pixels: Uint8Array,
  header: PackHeader,
): Promise<void> {
  for (let at = 0; at < pixels.length;) at += await file.write(pixels.subarray(at));
  await file.syncData();
  await writeHeader(`${path}.part.json`, header);
}

/**
 * The old header goes first, so that a header never describes other pixels than those beside it.
 */
async function putInPlace(path: string): Promise<void> {
  await removeIfThere(`${path}.json`);
  if (await sizeOf(`${path}.part`) !== null) await Deno.rename(`${path}.part`, path);
  await Deno.rename(`${path}.part.json`, `${path}.json`);
}

function missingImages(set: ImageSet, { missing }: ImageSurvey): UnreadableImage[] {
  return Array.from(missing, (image) => ({
    image,
    file: set.imageFiles[image],
    reason: "there is no such file",
  }));
}

function isTooMany(
  { imageFiles }: ImageSet,
  unreadable: readonly UnreadableImage[],
  { allowMissing }: PackOptions,
): boolean {
  return !allowMissing && unreadable.length > toleratedMissing * imageFiles.length;
}

/** The error when more images are unreadable than may be; `isAll` when no more can be found. */
function tooMany(set: ImageSet, unreadable: readonly UnreadableImage[], isAll: boolean): CsnError {
  return new CsnError(
    `Cannot use the images of ${set.name}: ${isAll ? "" : "at least "}${unreadable.length} of ` +
      `${set.imageFiles.length} are missing or cannot be decoded (${named(unreadable)}), ` +
      `at most 1 % may be; mend ${set.imageFolder}, or pass \`allowMissing: true\` to go on without them`,
  );
}

function warnOf(set: ImageSet, unreadable: readonly UnreadableImage[], listener?: Listener): void {
  if (unreadable.length === 0) return;
  listener?.warning?.(
    `${unreadable.length} of the ${set.imageFiles.length} images of ${set.name} are missing or cannot be ` +
      `decoded (${named(unreadable)}); triplets that need them are left out`,
  );
}

function named(unreadable: readonly UnreadableImage[]): string {
  const some = unreadable.slice(0, shownImages).map(({ file, reason }) => `${file}: ${reason}`);
  return some.join("; ") + (unreadable.length > shownImages ? "; ..." : "");
}

function imageBytes({ imageSize }: PackHeader): number {
  return imageSize * imageSize * 3;
}

/** A file's size in bytes, `null` when there is none. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  if (await sizeOf(path) !== null) await Deno.remove(path);
}
