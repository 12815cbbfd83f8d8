import { sha256 } from "../../files/sha256.ts";
import { CsnError, messageOf } from "../../base/errors.ts";
import { cacheFolder } from "../../files/cache.ts";
import { keepRecent } from "../../files/keep_recent.ts";
import { basename, dirname, join, resolve } from "../../files/paths.ts";
import { writeFault as faultOf } from "../../files/write_fault.ts";
import type { Fit } from "../../images/fit.ts";
import type { ImageSet } from "../image_set.ts";

/** Where a pack is to be made. */
export interface PackPlace {
  /** Its file. */
  readonly path: string;
  /** Why it does not lie in the set's folder; null when it does. */
  readonly because: string | null;
}

/** The name of a pack's file: "32.pack", or "32-pad-ffffff.pack" where images are padded. */
export function packName(imageSize: number, fit: Fit): string {
  return fit === "crop" ? `${imageSize}.pack` : `${imageSize}-${fit.replace(":#", "-")}.pack`;
}

/** The side and the fit of a pack whose file has this name; null when it is no pack's. */
export function parsePackName(name: string): { imageSize: number; fit: Fit } | null {
  const parts = /^(\d+)(?:-pad-([0-9a-f]{6}))?\.pack$/.exec(name);
  if (parts === null) return null;
  return {
    imageSize: Number(parts[1]),
    fit: parts[2] === undefined ? "crop" : `pad:#${parts[2]}`,
  };
}

/**
 * The folders in which a pack of the set may lie, the first choice first: `packDir` alone where it
 * is given, else the set's own folder and the cache.
 */
export function* packFolders(set: ImageSet, packDir?: string): Generator<string> {
  if (packDir !== undefined) return yield join(resolve(packDir), keyOf(set));
  yield set.folder;
  yield cachedPacks(set);
}

/** Where to make a pack of the set. Throws a CsnError when it cannot be made anywhere. */
export async function placeToWrite(
  set: ImageSet,
  name: string,
  packDir?: string,
): Promise<PackPlace> {
  if (packDir !== undefined) {
    const path = join(resolve(packDir), keyOf(set), name);
    return { path: await writable(path), because: "that folder was chosen" };
  }
  const path = join(set.folder, name);
  const fault = await writeFault(path);
  if (fault === null) return { path, because: null };
  return {
    path: await writable(join(cachedPacks(set), name)),
    because: `${set.folder} cannot be written (${fault})`,
  };
}

/** Where the packs of a set lie that cannot lie in its folder. */
function cachedPacks(set: ImageSet): string {
  return join(cachedFolder(), keyOf(set));
}

/** The cache's packs, a folder a set. */
function cachedFolder(): string {
  return join(cacheFolder(), "packs");
}

/** Sets whose packs the cache keeps in any case, and the days that it keeps others unused. */
const [most, days] = [8, 180];

/** Removes packs from the cache that nobody used for long: their sets may be gone. */
export async function removeOldPacks(): Promise<void> {
  await keepRecent(cachedFolder(), { named: /-[0-9a-f]{16}$/, most, days });
}

/**
 * A folder's name for the packs of one set: by its path and its list of images. What the images
 * hold is in a pack's header, so that a pack is made anew in its place when they change.
 */
function keyOf({ folder, imageFiles }: ImageSet): string {
  const digest = sha256(JSON.stringify([folder, ...imageFiles]));
  return `${basename(folder).slice(0, 100)}-${digest.slice(0, 16)}`;
}

/**
 * `path`, whose folder is made where there is none. Throws a CsnError when it cannot be written.
 */
async function writable(path: string): Promise<string> {
  let fault: string | null;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    fault = await writeFault(path);
  } catch (error) {
    fault = withoutNumber(faultOf(path, error));
  }
  if (fault === null) return path;
  throw new CsnError(
    `Cannot make the image pack ${path}: ${fault}; choose a folder that can be written with \`packDir\``,
  );
}

/** Why a pack cannot be made at `path`; null when it can. */
async function writeFault(path: string): Promise<string | null> {
  try {
    // What is opened first when the pack is made.
    (await Deno.open(`${path}.lock`, { read: true, write: true, create: true })).close();
    return null;
  } catch (error) {
    if (isForbidden(error)) return withoutNumber(error);
    throw error;
  }
}

/** The system's message without its number. */
function withoutNumber(error: unknown): string {
  return messageOf(error).replace(/ \(os error .*/s, "");
}

/** Whether an error says that a place may not be written, rather than that something broke. */
function isForbidden(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
    (error as { code?: string }).code === "EROFS";
}
