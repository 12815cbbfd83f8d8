import type Sharp from "sharp";
import type { Sharp as SharpImage } from "sharp";
import { CsnError, messageOf } from "../base/errors.ts";
import { describeFit, type Fit } from "./fit.ts";
import { isBmp, readBmp } from "./read_bmp.ts";
import { assertSize } from "./raw_pixels.ts";
import { isPnm, readPnm } from "./read_pnm.ts";
import { resizeToSquare } from "./resample.ts";

/**
 * How images become pixels, recorded with packs and embeddings. The number changes with the code
 * below and with `resizeToSquare`, so that what was made in another way is made anew.
 */
export function preprocessingOf(fit: Fit): string {
  return `1: EXIF orientation, white behind alpha, sRGB, Pillow's bilinear ${describeFit(fit)}`;
}

/** How an image is decoded. */
export interface DecodeOptions {
  /** How it becomes a square. @default {"crop"} */
  readonly fit?: Fit;
  /**
   * Refuses images of more pixels before they are decoded, and drawings (SVG), whose cost no size
   * bounds: for images of which nothing is known. @default {268 million, and drawings are taken}
   */
  readonly mostPixels?: number;
}

/**
 * Decodes an image file, or the bytes of one, to [imageSize, imageSize, 3] uint8 sRGB: turned as
 * its EXIF orientation says, alpha laid on white, the short side scaled to `imageSize` and the
 * middle cut out, or as `fit` says.
 *
 * Throws a CsnError when it is missing or no image, or sharp cannot be loaded.
 *
 * @example See an image as the network sees it
 * ```ts
 * import { decodeImage } from "@csn/csn";
 *
 * const pixels = await decodeImage("photos/0.png", 112, { fit: "pad:#ffffff" });
 * console.log(pixels.length === 112 * 112 * 3);
 * ```
 */
export async function decodeImage(
  file: string | Uint8Array,
  imageSize: number,
  { fit = "crop", mostPixels }: DecodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await decodePixels(
      typeof file === "string" ? await Deno.readFile(file) : file,
      imageSize,
      { fit, mostPixels },
    );
  } catch (error) {
    if (error instanceof CsnError) throw error;
    const which = typeof file === "string" ? file : `an image of ${file.length} bytes`;
    throw new CsnError(`Cannot decode ${which}: ${imageFault(error)}`, { cause: error });
  }
}

/** As `decodeImage`, but errors come as they are; `imageFault` puts them in words. */
export async function decodePixels(
  bytes: Uint8Array,
  imageSize: number,
  { fit = "crop", mostPixels }: DecodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const image = await openPixels(bytes, mostPixels);
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`it decodes to ${info.channels} channels instead of 3`);
  return resizeToSquare({ data, width: info.width, height: info.height }, imageSize, fit);
}

/**
 * An image of which nothing is decoded yet: turned as its EXIF orientation says, alpha laid on
 * white, sRGB. Errors come as they are, those of its pixels when it is used.
 */
export async function openPixels(bytes: Uint8Array, mostPixels?: number): Promise<SharpImage> {
  const sharp = await loadSharp();
  const raw = isBmp(bytes)
    ? readBmp(bytes, mostPixels)
    : isPnm(bytes)
    ? readPnm(bytes, mostPixels)
    : null;
  if (raw === null && mostPixels !== undefined) await assertTaken(sharp, bytes, mostPixels);
  // Bytes that are cut off are an error; oddities that other programs pass over are not.
  const image = raw === null
    ? sharp(bytes, { failOn: "truncated" })
    : sharp(raw.data, { raw: { width: raw.width, height: raw.height, channels: raw.channels } });
  return image.autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb");
}

/** Throws for what `mostPixels` refuses; only the header is read. */
async function assertTaken(
  sharp: typeof Sharp,
  bytes: Uint8Array,
  mostPixels: number,
): Promise<void> {
  const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (format === "svg") throw new Error("it is a drawing (SVG); send it as pixels, such as PNG");
  assertSize(width, height, mostPixels);
}

/** What was wrong with an image, in one line. */
export function imageFault(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory || /os error 21/.test(messageOf(error))) {
    return "it is a folder; name an image in it";
  }
  return messageOf(error).split("\n")[0];
}

let loaded: Promise<typeof Sharp> | undefined;

/**
 * Loads sharp when the first image is decoded; a run whose pack is ready does not need it. Throws a
 * CsnError when it cannot be loaded.
 */
export function loadSharp(): Promise<typeof Sharp> {
  return loaded ??= importSharp();
}

async function importSharp(): Promise<typeof Sharp> {
  try {
    const { default: sharp } = await import("sharp");
    // Many images at once keep the cores busy; threads within one image and a cache would only
    // cost.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  } catch (error) {
    throw new CsnError(
      `Cannot load sharp, which decodes images: ${imageFault(error)}; ` +
        `it needs "deno install" once and the permissions --allow-ffi and --allow-env`,
      { cause: error },
    );
  }
}
