/** Embeddings whose dimensions are known: each is the value of one property, such as a shoe's heel, plus noise. */
import { randomBelow, randomNormal } from "../../src/base/random.ts";

/** How many values each property has. */
const kinds = 4;

/** Vectors and the property values that made them. */
export interface PlantedEmbedding {
  /** [n, properties]. */
  readonly vectors: Float32Array;
  /** [property][image]. */
  readonly values: readonly (readonly number[])[];
}

/** `count` images with `properties` independent properties; dimension d is property d, 10 times its value. */
export function plantEmbedding(count: number, properties: number, seed = 1): PlantedEmbedding {
  const values = Array.from(
    { length: properties },
    (_, property) =>
      Array.from({ length: count }, (_, image) => randomBelow(seed, property, image, kinds)),
  );
  const vectors = Float32Array.from(
    { length: count * properties },
    (_, at) =>
      10 * values[at % properties][Math.floor(at / properties)] + randomNormal(seed + 1, 0, at),
  );
  return { vectors, values };
}

/** `count` triplets of rows: anchor and near have the same value, far another. */
export function plantTriplets(values: readonly number[], count: number, seed = 1): Uint32Array {
  const flat: number[] = [];
  for (let at = 0; flat.length < 3 * count; at += 3) {
    const [anchor, far, near] = [0, 1, 2].map((role) =>
      randomBelow(seed, 9, at + role, values.length)
    );
    const fits = values[anchor] === values[near] && values[anchor] !== values[far];
    if (fits && anchor !== near) flat.push(anchor, far, near);
  }
  return Uint32Array.from(flat);
}
