/**
 * What a model file remembers of the images that its weights come from, by the content of their
 * pixels.
 */
import { digestBytes, imageDigests } from "../sets/pack/image_digests.ts";
import type { Pack } from "../sets/pack/pack.ts";
import type { Listener } from "../base/listener.ts";

/**
 * Images as they lie in a model file: digests of pixels at the model's size, ascending, in base64.
 */
export interface LearnedImages {
  /** Side of the square images in pixels. */
  readonly imageSize: number;
  /** How files became pixels; images that were decoded in another way cannot be compared. */
  readonly preprocessing: string;
  /** Images that the weights were trained on; eight letters each. */
  readonly training: string;
  /** Other images, on which the best epoch was chosen. */
  readonly validation: string;
  /** What else the weights come from and why its images are not known; left out when nothing is. */
  readonly unknown?: string;
}

/** Remembers the images number `training` and `validation` of a pack; reads their pixels once. */
export async function learnedImages(
  pack: Pack,
  training: Uint32Array,
  validation: Uint32Array,
  options: { readonly listener?: Listener; readonly signal?: AbortSignal } = {},
): Promise<LearnedImages> {
  const all = Uint32Array.from(new Set(training).union(new Set(validation)));
  const digests = await imageDigests(pack, all, options);
  const digestOf = new Map(Array.from(all, (image, place) => [image, digests[place]]));
  const of = (images: Uint32Array) => new Set(Array.from(images, (image) => digestOf.get(image)!));
  return stored(pack, of(training), of(validation));
}

/** Images that are being remembered while other work goes on. */
export interface RememberedImages extends AsyncDisposable {
  /** The images, once all pixels are read. */
  readonly images: Promise<LearnedImages>;
}

/** Begins `learnedImages`; disposing ends it, whether it is done or not. */
export function rememberImages(
  pack: Pack,
  training: Uint32Array,
  validation: Uint32Array,
): RememberedImages {
  const stop = new AbortController();
  const images = learnedImages(pack, training, validation, { signal: stop.signal });
  const ended = images.then(() => {}, () => {});
  return {
    images,
    [Symbol.asyncDispose]: () => {
      stop.abort();
      return ended;
    },
  };
}

/** What weights come from that were trained on `now` after `before`; its images count, too. */
export function mergeLearned(
  before: LearnedImages | undefined,
  now: LearnedImages,
): LearnedImages {
  if (before === undefined) return now;
  if (!areComparable(before, now)) {
    const how = before.imageSize === now.imageSize
      ? "made in another way, which cannot be compared with these"
      : `of ${before.imageSize} pixels, which cannot be compared with those of ${now.imageSize}`;
    const unknown = `a model of images ${how}`;
    return { ...now, unknown };
  }
  const both = (part: "training" | "validation") =>
    new Set([...digestsOf(before[part]), ...digestsOf(now[part])]);
  const merged = stored(now, both("training"), both("validation"));
  const unknown = now.unknown ?? before.unknown;
  return unknown === undefined ? merged : { ...merged, unknown };
}

/** Whether digests of one can be found among the other's. */
export function areComparable(
  a: Pick<LearnedImages, "imageSize" | "preprocessing">,
  b: Pick<LearnedImages, "imageSize" | "preprocessing">,
): boolean {
  return a.imageSize === b.imageSize && a.preprocessing === b.preprocessing;
}

/** The digests in a text of a `LearnedImages`. */
export function digestsOf(text: string): Set<number> {
  const bytes = new DataView(Uint8Array.fromBase64(text).buffer);
  const digests = new Set<number>();
  for (let at = 0; at < bytes.byteLength; at += digestBytes) {
    digests.add(bytes.getUint32(at) * 2 ** 16 + bytes.getUint16(at + 4));
  }
  return digests;
}

function stored(
  { imageSize, preprocessing }: Pick<LearnedImages, "imageSize" | "preprocessing">,
  training: ReadonlySet<number>,
  validation: ReadonlySet<number>,
): LearnedImages {
  return {
    imageSize,
    preprocessing,
    training: textOf(training),
    validation: textOf(new Set(validation).difference(training)),
  };
}

/** In base64, ascending: the same images give the same text. */
function textOf(digests: ReadonlySet<number>): string {
  // An image that could not be decoded has the digest 0 and is not learned from.
  const sorted = Float64Array.from(digests).filter((digest) => digest !== 0).sort();
  const bytes = new DataView(new ArrayBuffer(digestBytes * sorted.length));
  sorted.forEach((digest, place) => {
    bytes.setUint32(digestBytes * place, Math.floor(digest / 2 ** 16));
    bytes.setUint16(digestBytes * place + 4, digest % 2 ** 16);
  });
  return new Uint8Array(bytes.buffer).toBase64();
}
