/** Embeddings, and answers by a notion that lies in some of their dimensions, or in none. */
import { randomBelow, randomNormal } from "../../src/base/random.ts";
import type { Embeddings } from "../../src/search/embeddings.ts";
import { randomEmbeddings } from "./random_embeddings.ts";

/** What `plantNotion` makes. */
export interface PlantedNotion {
  readonly embeddings: Embeddings;
  /** [3 n]: anchor, far, near. */
  readonly triplets: Uint32Array;
}

/**
 * `answers` about `images` random embeddings [8]: near is what is nearer by `dimensions`. By none of
 * them, each answer is thrown.
 */
export function plantNotion(
  dimensions: readonly number[],
  { images = 400, answers = 120, seed = 1 } = {},
): PlantedNotion {
  const embeddings = randomEmbeddings(images, 8, seed);
  const { vectors } = embeddings;
  const distance = (a: number, b: number) =>
    dimensions.reduce((sum, d) => sum + (vectors[8 * a + d] - vectors[8 * b + d]) ** 2, 0);
  const triplets: number[] = [];
  for (let at = 0; triplets.length < 3 * answers; at += 3) {
    const [anchor, one, other] = [0, 1, 2].map((role) => randomBelow(seed, 1, at + role, images));
    if (new Set([anchor, one, other]).size < 3) continue;
    const isNear = dimensions.length === 0
      ? randomNormal(seed, 2, at) > 0
      : distance(anchor, one) < distance(anchor, other);
    triplets.push(anchor, ...isNear ? [other, one] : [one, other]);
  }
  return { embeddings, triplets: Uint32Array.from(triplets) };
}
