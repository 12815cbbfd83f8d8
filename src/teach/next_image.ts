import { UsageError } from "../base/errors.ts";
import { randomBelow, streamFor } from "../base/random.ts";
import type { Embeddings } from "../search/embeddings.ts";

/** How the image is chosen that is given a value next. */
export interface NextImageOptions {
  /** Images that have a value, or that others are asked about; they are not chosen. */
  readonly taken: ReadonlySet<number>;
  /** Images that are chosen when all others are taken: those that somebody could say nothing of. */
  readonly last?: ReadonlySet<number>;
  /** Who is asked: two who are asked at once get different images. @default {""} */
  readonly by?: string;
  /** Decides on the images. @default {1} */
  readonly seed?: number;
}

/** Random images that are tried before all are gone through. */
const tries = 200;

/**
 * The row of the image that somebody gives a value next, at random: so the values that images have
 * come as often as they are. (Images far from those before were no better on the fonts set, and
 * those that the fit is unsure of were worse; see docs/teach.md.) Null where all are taken. The same
 * arguments give the same image. Throws a UsageError where no image is embedded.
 */
export function nextImage(embeddings: Embeddings, options: NextImageOptions): number | null {
  const { names, vectors, dimension } = embeddings;
  const { taken, last = new Set(), by = "", seed = 1 } = options;
  const isKnown = (row: number) => !Number.isNaN(vectors[row * dimension]);
  const isFree = (row: number) => !taken.has(row) && !last.has(row) && isKnown(row);
  let person = 0;
  for (const letter of by) person = (Math.imul(person, 31) + letter.codePointAt(0)!) >>> 0;
  const stream = streamFor("question", person);
  const begin = (taken.size + last.size) * tries;
  for (let i = 0; i < tries; i++) {
    const row = randomBelow(seed, stream, begin + i, names.length);
    if (isFree(row)) return row;
  }
  const rows = [...names.keys()];
  if (!rows.some(isKnown)) {
    throw new UsageError("Cannot ask about an image: none is embedded; embed some");
  }
  return rows.find(isFree) ?? rows.find((row) => last.has(row) && !taken.has(row)) ?? null;
}
