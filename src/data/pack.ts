import { CsnError, messageOf, UsageError } from "../errors.ts";
import { FileLock } from "../file_lock.ts";
import type { Listener } from "../listener.ts";
import { join } from "../paths.ts";
import { decodeInto } from "./decode_into.ts";
import type { ImageSet } from "./image_set.ts";
import {
  emptyHeader,
  type PackHeader,
  readHeader,
  type UnreadableImage,
  writeHeader,
} from "./pack_header.ts";
import { type ImageSurvey, surveyImages } from "./survey_images.ts";

export type { UnreadableImage } from "./pack_header.ts";

/** All images of a set, decoded, in one file: uint8 [count, imageSize, imageSize, 3] from byte 0 on. */
export interface Pack {
  /** Absolute path of the file. */
  readonly path: string;
  /** Side of the square images in pixels. */
  readonly imageSize: number;
  /** Images in it. */
  readonly count: number;
  /** Images that are missing or cannot be decoded, by index; their pixels are 0. */
  readonly unreadable: readonly UnreadableImage[];
}

/** How `preparePack` goes about it. */
export interface PackOptions {
  /** Hears of images that are decoded, and is warned of those that cannot be. */
  readonly listener?: Listener;
  /** Stops the work after the images in hand; what is done is kept, and the next call goes on. */
  readonly signal?: AbortSignal;
  /** Accept more than 1 % of missing or undecodable images. @default {false} */
  readonly allowMissing?: boolean;
}

/** Share of the images that may be unreadable. */
const tolerated = 0.01;

/** Decoded bytes between two records of progress; what a kill can cost is a second or two. */
const chunkBytes = 16 * 2 ** 20;

/** How many unreadable images a warning names. */
const shownImages = 3;

/** Where the pack of a set lies. */
export function packPath(setFolder: string, imageSize: number): string {
  return join(setFolder, `${imageSize}.pack`);
}

/**
 * Decodes all images of a set into `<set>/<imageSize>.pack`, with a header in `.pack.json` beside it, unless
 * that is done already. A pack is made anew when the list of files, a file's size or time of change, or
 * the way of decoding is another than before. Work that was broken off, even by a kill, goes on where it
 * stood. A pack is only ever replaced by rename, for it may be mapped into memory elsewhere.
 *
 * Throws a CsnError when more than 1 % of the images are unreadable (unless `allowMissing`), the pack
 * cannot be written, or another process is making it; the signal's reason when it is aborted.
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
  const path = packPath(set.folder, imageSize);
  const survey = await surveyImages(set);
  const wanted = emptyHeader(set, imageSize, survey);
  const header = await readyHeader(path, wanted, survey) ??
    await makePack(set, path, wanted, survey, options);
  if (isTooMany(set, header.unreadable, options)) throw tooMany(set, header.unreadable, true);
  warnOf(set, header.unreadable, options.listener);
  return { path, imageSize, count: header.count, unreadable: header.unreadable };
}

/** The header of the pack at `path` if it is complete and what is wanted. */
async function readyHeader(
  path: string,
  wanted: PackHeader,
  survey: ImageSurvey,
): Promise<PackHeader | null> {
  const header = await readHeader(`${path}.json`, wanted, survey);
  if (header === null || header.done !== header.count) return null;
  return await sizeOf(path) === header.count * imageBytes(header) ? header : null;
}

async function makePack(
  set: ImageSet,
  path: string,
  wanted: PackHeader,
  survey: ImageSurvey,
  options: PackOptions,
): Promise<PackHeader> {
  if (survey.contents === null) {
    throw new CsnError(
      `Cannot decode the images of ${set.name}: there is no folder ${set.imageFolder}; ` +
        `make or fetch the set with "deno task get-data", or correct "images" in its set.json`,
    );
  }
  const missing = missingImages(set, survey);
  if (isTooMany(set, missing, options)) throw tooMany(set, missing, true);
  try {
    return await makeAlone(set, path, wanted, survey, options);
  } catch (error) {
    // A full disk, a folder that may not be written to; Deno ends the system's messages so.
    if (error instanceof CsnError || !messageOf(error).includes("(os error ")) throw error;
    const megabytes = Math.ceil(wanted.count * imageBytes(wanted) / 1e6);
    throw new CsnError(
      `Cannot make the image pack ${path}: ${messageOf(error)}; it takes ${megabytes} MB in all, ` +
        `and what is done is kept: once this is mended, run it again`,
      { cause: error },
    );
  }
}

/** Makes the pack while no other process does. */
async function makeAlone(
  set: ImageSet,
  path: string,
  wanted: PackHeader,
  survey: ImageSurvey,
  options: PackOptions,
): Promise<PackHeader> {
  using _lock = await FileLock.take(
    `${path}.lock`,
    `Cannot make the image pack ${path}`,
    "wait until it is done, then run this again",
  );
  // Another process may have made it before the lock was free.
  const ready = await readyHeader(path, wanted, survey);
  if (ready !== null) return ready;
  const header = await fill(set, path, wanted, survey, options);
  await putInPlace(path);
  return header;
}

/** Decodes what is not yet done into `<path>.part`; its header says how far it has come. */
async function fill(
  set: ImageSet,
  path: string,
  wanted: PackHeader,
  survey: ImageSurvey,
  options: PackOptions,
): Promise<PackHeader> {
  let header = await startedHeader(path, wanted, survey);
  if (header.done === header.count && await sizeOf(`${path}.part`) === null) return header;
  const chunk = Math.max(1, Math.floor(chunkBytes / imageBytes(header)));
  using file = await openPart(path, header);
  while (header.done < header.count) {
    const pixels = new Uint8Array(Math.min(chunk, header.count - header.done) * imageBytes(header));
    const decoded = await decodeInto(pixels, set, header, survey, options);
    const unreadable = [...header.unreadable, ...decoded.unreadable];
    header = { ...header, done: header.done + decoded.count, unreadable };
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
async function startedHeader(
  path: string,
  wanted: PackHeader,
  survey: ImageSurvey,
): Promise<PackHeader> {
  const started = await readHeader(`${path}.part.json`, wanted, survey);
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
  // A kill may have left pixels that no header tells of.
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

/** The old header goes first, so that a header never describes other pixels than those beside it. */
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
  return !allowMissing && unreadable.length > tolerated * imageFiles.length;
}

/** The error when more images are unreadable than may be; `isAll` when no more can be found. */
function tooMany(set: ImageSet, unreadable: readonly UnreadableImage[], isAll: boolean): CsnError {
  return new CsnError(
    `Cannot use the images of ${set.name}: ${isAll ? "" : "at least "}${unreadable.length} of ` +
      `${set.imageFiles.length} are missing or cannot be decoded (${named(unreadable)}), ` +
      `at most 1 % may be; mend ${set.imageFolder}, or pass --allow-missing to go on without them`,
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
