import { hasImageEnding } from "../../images/list_images.ts";

/** Bytes that file systems take for one name at most, less what is added to tell names apart. */
const mostBytes = 200;

/**
 * Gives pictures of a table the names of files: the paths that the table says, made safe, or the
 * numbers of their rows. No two are the same, in capital letters or small ones.
 */
export class ImageNames {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  #toldApart = 0;

  /** How many pictures have the name of an earlier one, so that their row is added to it. */
  get toldApart(): number {
    return this.#toldApart;
  }

  /** A path below a folder, with "/" between its parts; `ending` is the kind of the content. */
  next(path: string, row: number, ending: string): string {
    const safe = safePath(path) ?? String(row);
    const [name, end] = hasImageEnding(safe) ? parts(safe) : [safe, ending];
    let free = name + end;
    if (!this.#take(free)) {
      this.#toldApart++;
      // At the top, as a folder of its path may be called like a file that is there already.
      const plain = `${name.replaceAll("/", "_")}-${row}`;
      free = plain + end;
      for (let more = 2; !this.#take(free); more++) free = `${plain}-${more}${end}`;
    }
    return free;
  }

  /** Whether a name is free, also as a folder's; it is taken then. */
  #take(file: string): boolean {
    const key = file.normalize("NFC").toLowerCase();
    const folders = key.split("/").slice(0, -1).map((_, at, all) => all.slice(0, at + 1).join("/"));
    const isFree = !this.#files.has(key) && !this.#folders.has(key) &&
      !folders.some((folder) => this.#files.has(folder));
    if (!isFree) return false;
    this.#files.add(key);
    for (const folder of folders) this.#folders.add(folder);
    return true;
  }
}

/** A path that stays below its folder: of any other the last part; null where nothing is left. */
function safePath(path: string): string | null {
  const plain = path.trim().replaceAll("\\", "/");
  const all = plain.split("/").filter((part) => part !== "" && part !== ".");
  const isBelow = !/^\/|^[A-Za-z]:|^\w+:\/\//.test(plain) && !all.includes("..");
  const kept = (isBelow ? all : all.slice(-1)).map(safeName);
  return kept.length > 0 && kept.every((name) => name !== null) ? kept.join("/") : null;
}

/** A file's name without letters that systems refuse, and not hidden; null for one too long. */
function safeName(name: string): string | null {
  const safe = name.toWellFormed().replace(/[\p{Cc}\ufffd<>:"|?*]/gu, "_").replace(/^\./, "_")
    .trim();
  const bytes = new TextEncoder().encode(safe).length;
  return safe !== "" && bytes <= mostBytes && safe !== "_." ? safe : null;
}

function parts(file: string): [name: string, ending: string] {
  const at = file.lastIndexOf(".");
  return [file.slice(0, at), file.slice(at)];
}
