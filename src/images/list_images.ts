import { CsnError, messageOf } from "../base/errors.ts";
import { absenceOf, infoOf, isNowhere, isWithin } from "../files/exists.ts";
import { headOf } from "../files/output_file.ts";
import { extname, join, relative } from "../files/paths.ts";
import { isReportAnalysis, isReportPart } from "../files/report_files.ts";
import { type FolderLinks, lostLinksCount } from "./folder_links.ts";

/** Endings of the image formats that `decodeImage` reads. */
const endings: ReadonlySet<string> = new Set([
  ".avif",
  ".bmp",
  ".gif",
  ".jpeg",
  ".jpg",
  ".pbm",
  ".pgm",
  ".png",
  ".pnm",
  ".ppm",
  ".tif",
  ".tiff",
  ".webp",
]);

/** Those among them that early versions of csn did not read. */
const laterEndings: ReadonlySet<string> = new Set([".bmp", ".pbm", ".pgm", ".pnm", ".ppm"]);

/** Of files that one id fits, those that csn has always read; the others where there is none. */
export function readAtFirst(files: readonly string[]): readonly string[] {
  const first = files.filter((file) => !laterEndings.has(extname(file).toLowerCase()));
  return first.length > 0 ? first : files;
}

/** Whether a path ends like an image file. */
export function hasImageEnding(path: string): boolean {
  return endings.has(extname(path).toLowerCase());
}

/** The files below a folder. */
export interface FolderFiles {
  /** Images: paths relative to the folder, sorted by their characters' codes. */
  readonly images: readonly string[];
  /** How many other files there are, by ending; hidden files and csn's own are not counted. */
  readonly passedOver: ReadonlyMap<string, number>;
  /** Its links, relative to it. */
  readonly links: FolderLinks;
}

/**
 * The image files of a folder and of those in it: paths relative to it with "/" between their
 * parts, sorted by their characters' codes, so that they come in the same order everywhere. Links
 * are followed, but not back into the folder. Hidden files and folders, and the charts and pictures
 * of a report are left out.
 *
 * Throws a CsnError when the folder cannot be read or there is no image.
 */
export async function listImages(folder: string): Promise<string[]> {
  return [...(await findImageFiles(folder)).images];
}

/** As `listImages`, and counts the files that are no images. */
export async function findImageFiles(folder: string): Promise<FolderFiles> {
  const found = await filesIn(folder);
  if (found.images.length > 0) return found;
  const others = [countsText(found.passedOver), lostLinksCount(found.links)]
    .filter((text) => text !== "").join(", ");
  throw new CsnError(
    `Cannot list the images of ${folder}: it has no file that ends in ${[...endings].join(", ")}${
      others === "" ? "" : `, but others (${others})`
    }`,
  );
}

/** As `findImageFiles`, also where there is none. */
export async function filesIn(folder: string): Promise<FolderFiles> {
  const found = { images: [], passedOver: new Map(), followed: [], broken: [], inner: [] };
  try {
    await collect(folder, "", [await Deno.realPath(folder)], found);
  } catch (error) {
    const what = isNowhere(error)
      ? await absenceOf(folder, "there is no such folder")
      : messageOf(error);
    throw new CsnError(`Cannot list the images of ${folder}: ${what}`, { cause: error });
  }
  const { images, passedOver, ...links } = found;
  Object.values({ images, ...links }).forEach((paths) => paths.sort());
  return { images, passedOver, links };
}

/** Says which files of a folder were passed over; null when none was. */
export function passedOverText(
  folder: string,
  passedOver: ReadonlyMap<string, number>,
): string | null {
  const count = [...passedOver.values()].reduce((sum, files) => sum + files, 0);
  if (count === 0) return null;
  return `${count} ${count === 1 ? "file" : "files"} of ${folder} ${
    count === 1 ? "is" : "are"
  } passed over, as no image by ${count === 1 ? "its" : "their"} ending: ${countsText(passedOver)}`;
}

/** How many endings a text names. */
const shownEndings = 8;

/** "12 .heic, 1 .txt, 3 without ending", the most frequent first. */
function countsText(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const shown = sorted.slice(0, shownEndings)
    .map(([ending, files]) => `${files} ${ending === "" ? "without ending" : ending}`);
  return shown.join(", ") + (sorted.length > shownEndings ? ", ..." : "");
}

/** What is found while folders are gone through. */
interface Found {
  readonly images: string[];
  readonly passedOver: Map<string, number>;
  readonly followed: string[];
  readonly broken: string[];
  readonly inner: string[];
}

/**
 * Adds what lies in `folder/below`; `within` are the folders, links followed, that it is reached
 * through.
 */
async function collect(
  folder: string,
  below: string,
  within: readonly string[],
  found: Found,
): Promise<void> {
  const entries = (await Array.fromAsync(Deno.readDir(join(folder, below))))
    .filter(({ name }) => !name.startsWith("."));
  const isReport = entries.some(({ name }) => name === "analysis.json") &&
    isReportAnalysis(await headOf(join(folder, below, "analysis.json")));
  const isSet = entries.some(({ name }) => name === "filenames.json");
  for (const entry of entries) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (isReport && (entry.name === "layouts" || isReportPart(entry.name))) continue;
    const info = entry.isSymlink ? await infoOf(join(folder, path), Deno.stat) : entry;
    if (info === null) found.broken.push(path);
    else if (info.isDirectory) {
      if (isSet && entry.name === "tripletlists") continue;
      const real = entry.isSymlink ? await Deno.realPath(join(folder, path)) : null;
      if (real !== null && await leadsBack(real, within)) found.inner.push(path);
      else {
        if (real !== null) found.followed.push(path);
        await collect(folder, path, real === null ? within : [...within, real], found);
      }
    } else if (info.isFile) {
      if (hasImageEnding(path)) {
        found.images.push(path);
        if (entry.isSymlink) found.followed.push(path);
      } else if (!isOwnFile(entry.name, isSet)) {
        const ending = extname(path).toLowerCase();
        found.passedOver.set(ending, (found.passedOver.get(ending) ?? 0) + 1);
      }
    }
  }
}

/**
 * Whether a folder holds one that it is reached through, or lies in it, so that its images are
 * found without the link; those of hidden folders are not.
 */
async function leadsBack(folder: string, within: readonly string[]): Promise<boolean> {
  for (const each of within) {
    if (await isWithin(each, folder)) return true;
    const isHidden = relative(each, folder).split("/").some((part) => part.startsWith("."));
    if (!isHidden && await isWithin(folder, each)) return true;
  }
  return false;
}

/** Whether a file is one that csn writes: of a set, or embeddings. */
function isOwnFile(name: string, isSet: boolean): boolean {
  return isSet && /^(filenames|set)\.json$|^attributes\.csv$|\.pack(\.|$)/.test(name) ||
    /\.(npy|npy\.names\.txt|safetensors)$/.test(name);
}
