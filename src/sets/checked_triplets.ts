import { CsnError, messageOf, shown } from "../base/errors.ts";
import { isObject, isText } from "../base/json_values.ts";
import { appendLine, type GrowingFile } from "../files/append_line.ts";

/** What somebody says of a triplet of a set's lists. */
export interface CheckedTriplet {
  /** The notion by which it compares. */
  readonly notion: string;
  /** Indices of its images in the set. */
  readonly images: readonly [anchor: number, far: number, near: number];
  /** Their files, which tell whether another set is meant; a list written by hand may lack them. */
  readonly names?: readonly [anchor: string, far: string, near: string];
  /** Whether its label is wrong; null takes back what was said before. @default {"wrong"} */
  readonly is: "right" | "wrong" | null;
  /** Who says so. */
  readonly by?: string;
  /** When, as an ISO text in UTC. */
  readonly at?: string;
}

const format: GrowingFile = {
  head: '{"csn":"checked triplets","format":1}',
  what: "a mark",
  isWhole: (line) => parsed(line) !== null,
};

/** Adds a mark to the end of a list of them; it counts once this has resolved. */
export async function addCheckedTriplet(path: string, mark: CheckedTriplet): Promise<void> {
  await appendLine(path, JSON.stringify(mark), format);
}

/** The same for a triplet of the same images by the same notion. */
export function tripletKey(notion: string, [anchor, far, near]: Iterable<number>): string {
  return `${anchor} ${far} ${near} ${notion}`;
}

/**
 * Reads a list of marks: JSON lines `{"notion": "heel", "images": [anchor, far, near]}`, as the page
 * of `explore` writes them or a person does. Of several marks of a triplet the last one counts.
 * Throws a CsnError that names the line of what is no mark.
 */
export async function readCheckedTriplets(path: string): Promise<CheckedTriplet[]> {
  return parseCheckedTriplets(path, await textOf(path));
}

/** As `readCheckedTriplets`, of a text; a last line without an end was not finished. */
export function parseCheckedTriplets(path: string, text: string): CheckedTriplet[] {
  const marks = new Map<string, CheckedTriplet>();
  const lines = text.split("\n");
  for (const [at, line] of lines.entries()) {
    if (line.trim() === "" || at === 0 && line.trim() === format.head) continue;
    const mark = parsed(line);
    if (mark === null && at === lines.length - 1) continue;
    if (mark === null) {
      throw new CsnError(
        `${path}:${at + 1}: ${
          shown(line)
        } is no mark of a triplet; a line is {"notion": "NAME", "images": [anchor, far, near]}`,
      );
    }
    const key = tripletKey(mark.notion, mark.images);
    marks.delete(key);
    if (mark.is !== null) marks.set(key, mark);
  }
  return [...marks.values()];
}

function parsed(line: string): CheckedTriplet | null {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isObject(found)) return null;
  const { notion, images, names, is = "wrong" } = found;
  const isTriplet = Array.isArray(images) && images.length === 3 &&
    images.every((image) => Number.isSafeInteger(image) && image >= 0);
  const isNamed = names === undefined ||
    Array.isArray(names) && names.length === 3 && names.every(isText);
  const isMark = isText(notion) && isTriplet && isNamed &&
    (is === "right" || is === "wrong" || is === null);
  return isMark ? { ...found, is } as unknown as CheckedTriplet : null;
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw new CsnError(`Cannot read the checked triplets in ${path}: ${messageOf(error)}`);
  }
}
