import { CsnError, UsageError } from "../../base/errors.ts";
import { absenceOf, currentFolders, exists, filesBelow } from "../../files/exists.ts";
import type { Listener } from "../../base/listener.ts";
import { basename, dirname, isAbsolute, join, relative, resolve } from "../../files/paths.ts";
import type { Fit } from "../../images/fit.ts";
import { assertApart } from "./assert_apart.ts";
import { buildSet, examinePlan } from "./build_set.ts";
import type { SetFace, SetPlan } from "./set_plan.ts";
import type { SetReport, SetSummary } from "./set_report.ts";
import { openImageSet } from "../image_set.ts";
import { landFolder } from "../land_folder.ts";
import { imagesToUnpack, tableOfPictures, unpackImages } from "./unpack_images.ts";
import { otherSpellings } from "../pack/survey_images.ts";

/** What an image set is made from, and how. */
export interface MakeTripletsOptions extends Omit<SetPlan, "images"> {
  /**
   * The folder that the table's images lie in. Needed unless the table is a Parquet file that holds
   * the images themselves, and `copy` is set.
   */
  readonly images?: string;
  /** The set's name. @default {its folder's name} */
  readonly name?: string;
  /** Whether a mirror image means the same by all notions. @default {true} */
  readonly flip?: boolean;
  /** How images become squares. @default {"crop"} */
  readonly fit?: Fit;
  /**
   * Copy the images into the set; otherwise it refers to them where they lie: by a relative path
   * where `images` is one and set and images lie so that they can move together. Images that stand
   * in a Parquet file are unpacked into the set. @default {false}
   */
  readonly copy?: boolean;
  /**
   * Replace the image set in the folder, where nothing but csn's own files lies in it. @default
   * {false}
   */
  readonly overwrite?: boolean;
  /**
   * Further files that it is made from, such as one of rules: no folder that holds them is
   * replaced.
   */
  readonly madeFrom?: readonly string[];
  /** Receives progress, and warnings of notions that give too few triplets. */
  readonly listener?: Listener;
  /** Called with what the set will be and all warnings, before any triplet is drawn. */
  readonly onSummary?: (summary: SetSummary) => void;
  /** Stops the work; nothing is left behind. */
  readonly signal?: AbortSignal;
}

/**
 * Makes an image set with triplets of every notion from a folder of images and a table of their
 * attributes. The same options and table give the same bytes. The set is built beside `folder` and
 * renamed, so it is whole or not there.
 *
 * Throws a CsnError that names file, row and column for a table that cannot be used, and when
 * something lies in `folder` that is not to be replaced; a UsageError for options that cannot be
 * right.
 *
 * @example Make a set, and read what was left out
 * ```ts
 * import { makeTriplets } from "@csn/csn/sets";
 *
 * const report = await makeTriplets("data/both", {
 *   images: "photos",
 *   attributes: "photos.csv",
 *   notions: ["shape", "colour"],
 *   shares: { train: 40, val: 30, test: 30 },
 *   triplets: { train: 40, val: 10, test: 10 },
 * });
 * console.log(report.warnings);
 * ```
 */
export async function makeTriplets(
  folder: string,
  options: MakeTripletsOptions,
): Promise<SetReport> {
  const target = resolve(folder);
  const { copy = false, overwrite = false, listener, signal, onSummary } = options;
  const resolved = (path: string | undefined) => path === undefined ? undefined : resolve(path);
  const [attributes, images] = [resolved(options.attributes), resolved(options.images)];
  if (images !== undefined) {
    await assertFolder(images);
    await assertApart(target, images, { copy, overwrite });
  }
  const given = { ...options, attributes, images };
  const pictures = copy ? await tableOfPictures(given, signal) : null;
  if (images === undefined && pictures === null) throw noImages(attributes);
  const failing = "Cannot make the image set";
  const madeFrom = [images, attributes, ...options.madeFrom ?? []]
    .filter((path) => path !== undefined);
  const landing = { failing, overwrite, madeFrom, listener, signal };
  return await landFolder(target, landing, async (work) => {
    // Unpacking may take minutes. Rows without a picture are not known yet: where these may be, more
    // is refused than should be.
    if (pictures !== null && !options.allowMissing) {
      const plan = { ...given, images: join(work, "images") };
      await examinePlan(plan, { signal, unpacked: imagesToUnpack(pictures), onSummary() {} });
    }
    const face: SetFace = {
      name: options.name ?? basename(target),
      images: copy ? "images" : await imagesAsNamed(target, options.images!),
      flip: options.flip ?? true,
      // Left out where it says nothing new, as in sets that were made before.
      fit: options.fit === "crop" ? undefined : options.fit,
      made: { by: "make-triplets" },
    };
    const copies = join(work, "images");
    const unpacked = pictures === null
      ? undefined
      : await unpackImages(pictures, copies, { listener, signal });
    const plan = { ...given, images: pictures === null ? images! : copies };
    const report = await buildSet(work, plan, face, { listener, signal, onSummary, unpacked });
    const { imageFiles } = await openImageSet(work);
    if (pictures !== null) await removeOthers(copies, imageFiles);
    else if (copy) await copyImages(plan.images, copies, imageFiles, { listener, signal });
    return report;
  });
}

/**
 * How `set.json` names the images: by a path relative to the set where the given path is relative
 * and the images lie beside the set, or with it below the current folder, so that both can move
 * together; else by an absolute one.
 */
async function imagesAsNamed(target: string, given: string): Promise<string> {
  const images = resolve(given);
  const path = relative(target, images);
  const holds = (folder: string, ...paths: string[]) =>
    paths.every((path) => `${path}/`.startsWith(`${folder}/`));
  const moveAsOne = holds(dirname(target), images) ||
    currentFolders().some((folder) => holds(folder, images, target));
  if (isAbsolute(given) || !moveAsOne) return images;
  // A link in the set's path must not lead the relative one astray.
  const truly = resolve(await Deno.realPath(dirname(target)), basename(target), path);
  const isSame = await Deno.realPath(truly).catch(() => "") === await Deno.realPath(images);
  return isSame ? path : images;
}

async function assertFolder(images: string): Promise<void> {
  const info = await Deno.stat(images).catch(() => null);
  if (info?.isDirectory) return;
  throw new CsnError(
    `Cannot use the images in ${images}: ${
      info === null ? await absenceOf(images, "there is no such folder") : "it is no folder"
    }; name the folder that the table's paths count from with \`images\``,
  );
}

function noImages(attributes: string | undefined): UsageError {
  const table = attributes !== undefined && /\.parquet$/i.test(attributes)
    ? `; if ${attributes} holds the images themselves, pass \`copy: true\` to unpack them into the set`
    : "";
  return new UsageError(
    `Cannot make an image set without images: name the folder that they lie in with \`images\`${table}`,
  );
}

/** Removes images of rows that were left out. */
async function removeOthers(folder: string, files: readonly string[]): Promise<void> {
  const kept = new Set(files);
  for (const file of await filesBelow(folder)) {
    if (!kept.has(file)) await Deno.remove(join(folder, file));
  }
}

async function copyImages(
  from: string,
  to: string,
  files: readonly string[],
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<void> {
  const made = new Set<string>();
  for (const [done, file] of files.entries()) {
    signal?.throwIfAborted();
    const folder = dirname(join(to, file));
    if (!made.has(folder)) await Deno.mkdir(folder, { recursive: true });
    made.add(folder);
    let source = join(from, file);
    for (const stored of await exists(source) ? [] : otherSpellings(file)) {
      source = join(from, stored);
      if (await exists(source)) break;
    }
    await Deno.copyFile(source, join(to, file));
    listener?.progress?.({
      what: "Copying images",
      done: done + 1,
      total: files.length,
      unit: "images",
    });
  }
}
