import { streamFor } from "../base/random.ts";
import type { Attribute } from "../sets/attribute.ts";
import { drawTriplets } from "../sets/make/draw_triplets.ts";
import { type AnswerParts, answerParts } from "./answer_parts.ts";
import { dealt } from "./dealt.ts";

/** Triplets that values give, dealt to parts. */
export interface ValueTriplets extends AnswerParts {
  /** [3 n] indices of images: anchor, far, near. */
  readonly triplets: Uint32Array<ArrayBuffer>;
}

/** Parts that values are dealt to. */
const valueParts = 5;

/**
 * Draws triplets from values, as `makeTriplets` does. The images are dealt to five parts, and each
 * triplet is of images of one part, so that what judges a part has seen none of its images. Where
 * values are so few that a part gives no triplet, triplets are drawn from all images, and only what
 * begins with one image stays together.
 */
export function valueTriplets(
  attribute: Attribute,
  images: Uint32Array,
  { count, seed, unitOf }: {
    readonly count: number;
    readonly seed: number;
    /** The image itself, or its group. */
    readonly unitOf: (image: number) => number;
  },
): ValueTriplets {
  const sizes = new Map<number, number>();
  for (const image of images) sizes.set(unitOf(image), (sizes.get(unitOf(image)) ?? 0) + 1);
  const partOf = dealt(sizes, Math.min(valueParts, sizes.size), seed);
  const drawn = Array.from(
    { length: valueParts },
    (_, part) =>
      drawTriplets(attribute, images.filter((image) => partOf.get(unitOf(image)) === part), {
        count: Math.ceil(count / valueParts),
        seed,
        stream: streamFor("teach", 1 + part),
      }),
  );
  if (drawn.some(({ length }) => length === 0)) {
    const stream = streamFor("teach", 1 + valueParts);
    const triplets = drawTriplets(attribute, images, { count, seed, stream });
    return { triplets, ...answerParts(triplets.map(unitOf), seed) };
  }
  const part = Uint8Array.from(
    drawn.flatMap((each, part) => new Array<number>(each.length / 3).fill(part)),
  );
  return {
    triplets: Uint32Array.from(drawn.flatMap((each) => [...each])),
    parts: valueParts,
    part,
    apart: Uint16Array.from(part, (each) => 1 << each),
  };
}
