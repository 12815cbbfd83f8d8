import { isNowhere } from "../../files/exists.ts";
import { basename, extname, isAbsolute, join, relative, resolve } from "../../files/paths.ts";
import {
  filesIn,
  type FolderFiles,
  hasImageEnding,
  readAtFirst,
} from "../../images/list_images.ts";
import { withEscapedDots } from "../pack/survey_images.ts";

/** What a name leads to: a file, or why it can lead to none; null when there is no such image. */
export type Found =
  | { readonly file: string }
  | { readonly fault: string; readonly isOutside: boolean }
  | null;

/** Finds images by what a table calls them. */
export interface ImageFinder {
  find(named: string): Found;
}

/** How an image that is missing differs from one that is there. */
export interface NearMiss {
  readonly how:
    | "but for capital letters"
    | "in another folder"
    | "with another ending"
    | "with leading zeros";
  readonly file: string;
}

/**
 * Finds images in a folder. A name that ends like an image file is a path below the folder, with
 * "/" or "\" between its parts; any other is an id, a file's name or path without its ending.
 * Names are compared in both of Unicode's forms, NFC and NFD.
 */
export class FolderImages implements ImageFinder {
  readonly #folder: string;
  readonly #files: ReadonlySet<string>;
  #byId: Map<string, Files> | null = null;
  #byForm: Map<string, Files> | null = null;
  #near: Map<string, NearMiss> | null = null;

  /** What else lies in the folder, where it was gone through. */
  readonly found: FolderFiles | null;

  /** `files` are paths relative to `folder`. */
  constructor(folder: string, files: readonly string[], found: FolderFiles | null = null) {
    this.#folder = folder;
    this.#files = new Set(files);
    this.found = found;
  }

  /** Those that lie in the folder. */
  static async open(folder: string): Promise<FolderImages> {
    const found = await filesIn(folder);
    return new FolderImages(folder, found.images, found);
  }

  /** The images of the folder, as `listImages` gives them. */
  get files(): string[] {
    return [...this.#files];
  }

  /** The image's path relative to the folder. */
  find(named: string): Found {
    // As it is written first: a name may hold a backslash or end in a blank, though few do.
    const found = this.#findAsIs(named);
    if (found !== null) return found;
    const plain = named.trim();
    const trimmed = plain === named ? null : this.#findAsIs(plain);
    if (trimmed !== null || !plain.includes("\\")) return trimmed;
    return this.#findAsIs(plain.replaceAll("\\", "/"));
  }

  /** What an image that was not found may mean. */
  nearMiss(named: string): NearMiss | null {
    this.#near ??= nearMisses(this.#files);
    const plain = named.trim().replaceAll("\\", "/").normalize("NFC").toLowerCase();
    return this.#near.get(plain) ?? this.#near.get(`/${basename(plain)}`) ??
      this.#near.get(`/${stem(plain)}`) ?? this.#near.get(withoutZeros(plain)) ?? null;
  }

  /**
   * Why a file of the folder cannot be in a set, whose list has a line an image and is UTF-8; null
   * for all others, that is nearly all.
   */
  fault(file: string): string | null {
    if (/[\0\r\n]/.test(file)) return unlistable(file);
    if (!file.includes("\ufffd") || isFile(join(this.#folder, file))) return null;
    return `the name of ${JSON.stringify(file)} is no UTF-8; rename the file`;
  }

  #findAsIs(named: string): Found {
    return hasImageEnding(named) ? this.#byPath(named) : this.#withId(named);
  }

  #byPath(named: string): Found {
    if (this.#files.has(named) && !/[\r\n]/.test(named)) return { file: named };
    // Spelt in one way only, or one image could have two names.
    const file = relative(this.#folder, resolve(this.#folder, named));
    if (file.split("/")[0] === "..") return { fault: this.#outside(named), isOutside: true };
    if (/[\0\r\n]/.test(file)) return { fault: unlistable(named), isOutside: true };
    const isThere = this.#files.has(file) || isFile(join(this.#folder, file)) ||
      isFile(join(this.#folder, withEscapedDots(file)));
    if (isThere) return { file };
    // Readers of tables take blanks away from both ends of a cell.
    this.#byForm ??= grouped(this.#files, (each) => [each.normalize("NFC").trim()]);
    return one(named, listOf(this.#byForm.get(file.normalize("NFC").trim())));
  }

  #outside(named: string): string {
    const near = this.nearMiss(named)?.file;
    return isAbsolute(named)
      ? `"${named}" does not lie in the image folder ${this.#folder}; name the folder that it lies in with \`images\`, or write paths that count from the image folder${
        near === undefined ? "" : `, such as ${near}`
      }`
      : `"${named}" leaves the image folder ${this.#folder}; name images in it, without ".."`;
  }

  #withId(id: string): Found {
    this.#byId ??= grouped(this.#files, (file) => {
      const path = file.slice(0, file.length - extname(file).length).normalize("NFC").trim();
      return path.includes("/") ? [path, basename(path).trim()] : [path];
    });
    const files = this.#byId.get(id.replace(/^(?:\.\/+)+/, "").normalize("NFC"));
    return one(id, readAtFirst(listOf(files)));
  }
}

function unlistable(named: string): string {
  return `the name ${
    JSON.stringify(named)
  } holds a line end or a zero byte, which a set's list of files cannot keep; rename the file`;
}

/** The files that a name leads to: hardly ever more than one. */
type Files = string | string[];

function listOf(files: Files = []): readonly string[] {
  return typeof files === "string" ? [files] : files;
}

function one(named: string, [file, other]: readonly string[]): Found {
  if (file === undefined) return null;
  return other === undefined ? { file } : {
    fault: `"${named}" fits ${file} and ${other}; name the image by its path`,
    isOutside: false,
  };
}

function grouped(
  files: Iterable<string>,
  keys: (file: string) => readonly string[],
): Map<string, Files> {
  const found = new Map<string, Files>();
  for (const file of files) {
    for (const key of keys(file)) {
      const before = found.get(key);
      if (before === undefined) found.set(key, file);
      else if (typeof before === "string") found.set(key, [before, file]);
      else before.push(file);
    }
  }
  return found;
}

/**
 * By the path in small letters; by "/" and the name alone; by "/" and the name without its ending;
 * by "//" and a number without its leading zeros.
 */
function nearMisses(files: Iterable<string>): Map<string, NearMiss> {
  const found = new Map<string, NearMiss>();
  for (const file of files) {
    const plain = file.normalize("NFC").toLowerCase();
    found.set(plain, { how: "but for capital letters", file });
    found.set(`/${basename(plain)}`, { how: "in another folder", file });
    const bare = `/${stem(plain)}`;
    if (!found.has(bare)) found.set(bare, { how: "with another ending", file });
    const number = withoutZeros(plain);
    if (/^\/0\d/.test(bare) && !found.has(number)) {
      found.set(number, { how: "with leading zeros", file });
    }
  }
  return found;
}

/** Of a file that is called by a number; other names keep all their zeros. */
function withoutZeros(path: string): string {
  return `//${stem(path).replace(/^0+(?=\d+$)/, "")}`;
}

function stem(path: string): string {
  return basename(path, extname(path));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    const isNoName = isNowhere(error) || error instanceof Deno.errors.InvalidData ||
      // A cell longer than any file's name.
      (error instanceof Error && "code" in error && error.code === "ENAMETOOLONG");
    if (isNoName) return false;
    throw error;
  }
}
