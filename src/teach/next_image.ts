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

/** Random images that are tried, and of those with a value the last that each is compared with. */
const [tries, compared] = [100, 100];

/**
 * The row of the image that somebody gives a value next: of some random ones, that which lies
 * farthest from the images before, so that few values say much of all images (see docs/teach.md).
 * Null where all are taken. The same arguments give the same image. Throws a UsageError where no
 * image is embedded.
 */
export function nextImage(embeddings: Embeddings, options: NextImageOptions): number | null {
  const { names, vectors, dimension } = embeddings;
  const { taken, last = new Set(), by = "", seed = 1 } = options;
  const isKnown = (row: number) => !Number.isNaN(vectors[row * dimension]);
  const isFree = (row: number) => !taken.has(row) && !last.has(row) && isKnown(row);
  const before = [...taken, ...last].filter(isKnown).slice(-compared);
  let best: { readonly row: number; readonly apart: number } | null = null;
  for (const row of randomRows(names.length, { seed, by, asked: taken.size + last.size })) {
    if (!isFree(row)) continue;
    const apart = leastSquare(embeddings, row, before);
    if (best === null || apart > best.apart) best = { row, apart };
  }
  if (best !== null) return best.row;
  // Few are left: the first of them.
  const rows = [...names.keys()];
  if (!rows.some(isKnown)) {
    throw new UsageError("Cannot ask about an image: none is embedded; embed some");
  }
  return rows.find(isFree) ?? [...last].find((row) => !taken.has(row) && isKnown(row)) ?? null;
}

function* randomRows(
  count: number,
  { seed, by, asked }: { readonly seed: number; readonly by: string; readonly asked: number },
): Generator<number> {
  let person = 0;
  for (const letter of by) person = (Math.imul(person, 31) + letter.codePointAt(0)!) >>> 0;
  const stream = streamFor("question", person);
  for (let i = 0; i < tries; i++) yield randomBelow(seed, stream, asked * tries + i, count);
}

/** The squared distance to the nearest of some rows; of none all are as far. */
function leastSquare(
  { vectors, dimension }: Embeddings,
  row: number,
  others: readonly number[],
): number {
  let least = Infinity;
  for (const other of others) {
    let sum = 0;
    for (let d = 0; d < dimension; d++) {
      sum += (vectors[row * dimension + d] - vectors[other * dimension + d]) ** 2;
    }
    least = Math.min(least, sum);
  }
  return least;
}
