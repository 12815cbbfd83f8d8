import { lostLinksText } from "../images/folder_links.ts";
import { findImageFiles, passedOverText } from "../images/list_images.ts";
import { CsnError, messageOf, UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { absenceOf, isFolder } from "../files/exists.ts";
import { pathLines } from "../files/path_lines.ts";
import { join, resolve } from "../files/paths.ts";
import type { NumberedImages } from "../model/numbered_embeddings.ts";
import { isSetFolder, otherOrderText } from "../model/set_embeddings.ts";
import { type ImageSet, openImageSet } from "../sets/image_set.ts";
import { imagePath, surveyImages } from "../sets/pack/survey_images.ts";
import { shownPath, userPath } from "./paths.ts";

/** What `embed` is to embed, and in which order. */
export type ImagesToEmbed =
  | { readonly kind: "set"; readonly set: ImageSet }
  | { readonly kind: "list"; readonly list: string; readonly images: NumberedImages }
  | {
    readonly kind: "files";
    /** Names as they were given, and the files that they mean. */
    readonly names: readonly string[];
    readonly files: readonly string[];
    /** Files that were named one by one. */
    readonly named: ReadonlySet<string>;
  };

/**
 * Finds the images of a command line: those of a set in its order, those of a list (`--names`) in
 * the list's, else files as they were given and folders sorted.
 */
export async function imagesToEmbed(
  given: readonly string[],
  list: string | undefined,
  listener: Listener,
): Promise<ImagesToEmbed> {
  if (list !== undefined) {
    return { kind: "list", list: userPath(list), images: await listed(given, userPath(list)) };
  }
  if (given.length === 0) {
    throw new UsageError(
      "Cannot embed: no image is named; name files, a folder or a set, or a list with --names",
    );
  }
  for (const path of given) {
    if (!await isSetFolder(userPath(path))) continue;
    if (given.length === 1) return { kind: "set", set: await openImageSet(userPath(path)) };
    throw new UsageError(
      `Cannot embed the image set ${path} with other images: row i of a set is the image that triplets call i; embed the set alone`,
    );
  }
  return await files(given, listener);
}

/** The images of a list, whose lines count from a folder or from a set's image folder. */
async function listed(given: readonly string[], list: string): Promise<NumberedImages> {
  const failing = `Cannot embed the images of ${shownPath(list)}`;
  const [folder, ...others] = given;
  if (others.length > 0 || folder !== undefined && !await isFolder(userPath(folder))) {
    throw new UsageError(
      `${failing}: ${
        given.join(", ")
      } is named, too; name no more than the folder that its lines count from`,
    );
  }
  let text: string;
  try {
    text = await Deno.readTextFile(list);
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(error);
    throw new CsnError(`${failing}: ${found}`, { cause: error });
  }
  const names = pathLines(text);
  const empty = names.indexOf("");
  if (names.length === 0 || empty !== -1) {
    const where = names.length === 0 ? "it" : `line ${empty + 1}`;
    throw new CsnError(`${failing}: ${where} is empty; write the path of an image on each line`);
  }
  return { of: `the list ${shownPath(list)}`, names, files: await filesOf(names, folder) };
}

async function filesOf(names: readonly string[], folder?: string): Promise<string[]> {
  if (folder === undefined) return names.map(userPath);
  if (!await isSetFolder(userPath(folder))) {
    return names.map((name) => resolve(userPath(folder), name));
  }
  const set = await openImageSet(userPath(folder));
  const some = { ...set, imageFiles: names };
  const survey = surveyImages(some);
  return names.map((_, image) => imagePath(some, survey, image));
}

/** Files as they were given, and the images of folders, sorted. */
async function files(given: readonly string[], listener: Listener): Promise<ImagesToEmbed> {
  const names: string[] = [];
  const named = new Set<string>();
  for (const path of given) {
    const at = userPath(path);
    const stat = await Deno.stat(at).catch(() => null);
    if (stat === null) {
      const found = await absenceOf(at, "there is no such file or folder");
      throw new CsnError(`Cannot embed "${path}": ${found}`);
    }
    if (!stat.isDirectory) {
      names.push(path);
      named.add(at);
      continue;
    }
    const { images, passedOver, links } = await findImageFiles(at);
    names.push(...images.map((file) => join(path, file)));
    const text = passedOverText(shownPath(at), passedOver);
    if (text !== null) listener.notice?.(text);
    const lost = lostLinksText(shownPath(at), links);
    if (lost !== null) listener.warning?.(lost);
    const otherOrder = await otherOrderText(at, images);
    if (otherOrder !== null) listener.warning?.(otherOrder);
  }
  return { kind: "files", names, files: names.map(userPath), named };
}
