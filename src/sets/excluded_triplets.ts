import { CsnError, messageOf } from "../base/errors.ts";
import { sha256 } from "../files/sha256.ts";
import { parseCheckedTriplets, tripletKey } from "./checked_triplets.ts";
import type { ImageSet } from "./image_set.ts";

/**
 * A list of checked triplets as it was when a run began. The file may grow while its owner goes on
 * checking: what the run goes by is its beginning.
 */
export interface ExcludeList {
  /** The file, absolute. */
  readonly file: string;
  /** How many bytes of it count. */
  readonly bytes: number;
  /** Their SHA-256. */
  readonly sha256: string;
}

/** Which triplets are left out. */
export interface ExcludedTriplets {
  /** The file that says so. */
  readonly file: string;
  /** The keys of triplets, see `tripletKey`. */
  readonly keys: ReadonlySet<string>;
}

/** The list as it is now. Throws a CsnError when it cannot be read. */
export async function takeExcludeList(file: string): Promise<ExcludeList> {
  const whole = await bytesOf(file);
  // Not what is being written just now.
  const bytes = whole.at(-1) === newline ? whole : whole.subarray(0, lastLineEnd(whole));
  return { file, bytes: bytes.length, sha256: sha256(bytes) };
}

const newline = 10;

/** A list by hand may end without a line end; an unfinished mark of ours always does. */
function lastLineEnd(bytes: Uint8Array): number {
  try {
    JSON.parse(new TextDecoder().decode(bytes.subarray(bytes.lastIndexOf(newline) + 1)));
    return bytes.length;
  } catch {
    return bytes.lastIndexOf(newline) + 1;
  }
}

/** Whether a file begins with a list as it was. */
export async function beginsWith(file: string, list: ExcludeList): Promise<boolean> {
  return sha256((await bytesOf(file)).subarray(0, list.bytes)) === list.sha256;
}

/**
 * The triplets that a list calls wrong. Throws a CsnError where it is no longer what it was, where
 * it calls none wrong, and where it is about images of another set.
 */
export async function readExcluded(list: ExcludeList, set: ImageSet): Promise<ExcludedTriplets> {
  const { file } = list;
  const bytes = (await bytesOf(file)).subarray(0, list.bytes);
  if (sha256(bytes) !== list.sha256) {
    throw new CsnError(
      `Cannot leave out the triplets of ${file}: its first ${list.bytes} bytes are not those that the run began with; bring them back, or begin a new run without \`resume\``,
    );
  }
  const wrong = parseCheckedTriplets(file, new TextDecoder().decode(bytes))
    .filter(({ is }) => is === "wrong");
  if (wrong.length === 0) {
    throw new CsnError(
      `Cannot leave out the triplets of ${file}: it calls none wrong; pass another list with \`exclude\`, or leave that out`,
    );
  }
  const others = wrong.filter(({ images, names }) =>
    names?.some((name, role) => set.imageFiles[images[role]] !== name)
  );
  if (others.length > 0) {
    const [{ images: [image], names }] = others;
    throw new CsnError(
      `Cannot leave out the triplets of ${file}: ${others.length} of its ${wrong.length} are about other images than those of ${set.folder} (image ${image} was ${
        names![0]
      }, and is ${set.imageFiles[image] ?? "not there"}); pass the list that was made for this set`,
    );
  }
  return { file, keys: new Set(wrong.map(({ notion, images }) => tripletKey(notion, images))) };
}

async function bytesOf(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    throw new CsnError(
      `Cannot leave out the triplets of ${file}: ${
        messageOf(error)
      }; pass its path with \`exclude\``,
      { cause: error },
    );
  }
}
