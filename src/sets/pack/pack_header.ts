import type { ImageSet } from "../image_set.ts";
import { preprocessingOf } from "../../images/decode_image.ts";
import type { Fit } from "../../images/fit.ts";
import type { ImageSurvey } from "./survey_images.ts";
import { writeWhole } from "../../files/write_whole.ts";

/** An image that a pack holds black pixels for. */
export interface UnreadableImage {
  /** Its index in the set. */
  readonly image: number;
  /** Its path as the set lists it. */
  readonly file: string;
  /** What is wrong with it, in words. */
  readonly reason: string;
}

/** What the JSON file beside a pack says, and beside one that is being made. */
export interface PackHeader {
  readonly format: 1;
  /** Side of the square images in pixels. */
  readonly imageSize: number;
  /** Images in the whole pack. */
  readonly count: number;
  /** Images that are written; `count` when the pack is complete. */
  readonly done: number;
  readonly preprocessing: string;
  /** SHA-256 of the set's list of files. */
  readonly names: string;
  /** SHA-256 of the sizes and times of change of the files. */
  readonly contents: string;
  /** Of the survey: "" where it was not known, absent in packs from before it was recorded. */
  readonly identity?: string;
  /**
   * SHA-256 over the bytes of the files that are done, see `chainDigests`; absent as `identity` is.
   */
  readonly bytes?: string;
  readonly unreadable: readonly UnreadableImage[];
}

/** The header of a pack that holds nothing yet. */
export function emptyHeader(
  set: ImageSet,
  imageSize: number,
  fit: Fit,
  survey: ImageSurvey,
): PackHeader {
  return {
    format: 1,
    imageSize,
    count: set.imageFiles.length,
    done: 0,
    preprocessing: preprocessingOf(fit),
    names: survey.names,
    contents: survey.contents ?? "",
    identity: survey.identity ?? "",
    bytes: "",
    unreadable: [],
  };
}

/**
 * Reads a header if it describes what `wanted` describes, with as much of it done as may be; else
 * `null`. Without a survey of contents (no image folder) those are taken as they are.
 */
export async function readHeader(
  file: string,
  wanted: PackHeader,
  survey: ImageSurvey,
): Promise<PackHeader | null> {
  let header: PackHeader;
  try {
    header = JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isMissing || error instanceof SyntaxError) return null;
    throw error;
  }
  const fits = header !== null && header.format === wanted.format &&
    header.imageSize === wanted.imageSize && header.count === wanted.count &&
    header.preprocessing === wanted.preprocessing && header.names === wanted.names &&
    (survey.contents === null || header.contents === survey.contents) &&
    Number.isSafeInteger(header.done) && header.done >= 0 && header.done <= header.count &&
    areImages(header.unreadable, header.count) && !mayReadMoreNow(header);
  return fits ? header : null;
}

function areImages(unreadable: unknown, count: number): unreadable is UnreadableImage[] {
  return Array.isArray(unreadable) &&
    unreadable.every((each) =>
      Number.isSafeInteger(each?.image) && each.image >= 0 && each.image < count &&
      typeof each.file === "string" && typeof each.reason === "string"
    );
}

/**
 * Whether a pack was made before csn read BMP and PNM, and lacks images of a kind that was unknown
 * then.
 */
function mayReadMoreNow({ identity, unreadable }: PackHeader): boolean {
  return identity === undefined &&
    unreadable.some(({ reason }) => reason.includes("unsupported image format"));
}

/** Writes a header so that it is whole or not there. */
export async function writeHeader(file: string, header: PackHeader): Promise<void> {
  await writeWhole(file, JSON.stringify(header, null, 1) + "\n");
}
