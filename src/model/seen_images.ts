import { imageDigests } from "../sets/pack/image_digests.ts";
import type { Split } from "../sets/image_set.ts";
import type { Pack } from "../sets/pack/pack.ts";
import type { Triplets } from "../sets/triplets.ts";
import type { Listener } from "../base/listener.ts";
import { type SeenCounts, type SeenImages, seenText } from "./seen_counts.ts";
import { areComparable, digestsOf } from "./learned_images.ts";
import type { ModelFile } from "./model_file.ts";

/**
 * Counts the images that a model was trained on or chosen by, wherever they lie and whatever they
 * are called: their pixels are compared. Null for a model file that does not know its images, after
 * a notice of that.
 */
export async function seenImages(
  { info }: ModelFile,
  pack: Pack,
  images: Uint32Array,
  triplets: Triplets,
  options: { readonly listener?: Listener; readonly signal?: AbortSignal } = {},
): Promise<SeenImages | null> {
  const { images: learned } = info;
  if (learned === undefined) {
    options.listener?.notice?.(
      "whether the model was trained on these images is not known: its file is from an older csn, which did not record them",
    );
    return null;
  }
  if (!areComparable(learned, pack)) {
    options.listener?.notice?.(
      "whether the model was trained on these images is not known: its training images were decoded in another way",
    );
    return null;
  }
  if (learned.unknown !== undefined) {
    options.listener?.notice?.(
      `whether the model was trained on these images is known in part: it also comes from ${learned.unknown}`,
    );
  }
  const all = Uint32Array.from(new Set(images).union(new Set(triplets.images)));
  const digests = await imageDigests(pack, all, options);
  const [training, validation] = [digestsOf(learned.training), digestsOf(learned.validation)];
  const isIn = (digests: ReadonlySet<number>, found: Float64Array) =>
    new Set(Array.from(all).filter((_, place) => digests.has(found[place])));
  const trained = isIn(training, digests);
  const chosen = isIn(validation, digests);
  const counts = (some: ReadonlySet<number>): SeenCounts => ({
    images: some.size,
    training: some.intersection(trained).size,
    validation: some.intersection(chosen).size,
  });
  return {
    ...counts(new Set(all)),
    notions: triplets.notions.map((name, row) => ({ name, ...counts(imagesOf(triplets, row)) })),
  };
}

function imagesOf({ images, notion }: Triplets, row: number): Set<number> {
  const found = new Set<number>();
  notion.forEach((one, triplet) => {
    if (one !== row) return;
    for (let role = 0; role < 3; role++) found.add(images[3 * triplet + role]);
  });
  return found;
}

/** What follows when images are used that a model was trained on or chosen by, and the remedy. */
export interface SeenWords {
  /** What follows. */
  readonly consequence: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** For those who measure how right a model is. */
const testWords: SeenWords = {
  consequence: "this is no accuracy on unseen images",
  remedy: "test it on other images, or train it again on these lists",
};

/**
 * Warns of images that a model was trained on or chosen by. Where the user asks for exactly these
 * (the splits train and val), it is a notice instead.
 */
export function warnOfSeen(
  seen: SeenImages | null,
  split: Split,
  listener: Listener | undefined,
  { consequence, remedy }: SeenWords = testWords,
): void {
  if (seen === null || seen.training + seen.validation === 0) return;
  const text = seenText(seen, split, consequence);
  const isAskedFor = split === "train" || split === "val" && seen.training === 0;
  if (isAskedFor) listener?.notice?.(text);
  else listener?.warning?.(`${text}; ${remedy}`);
}
