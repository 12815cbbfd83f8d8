import { CsnError } from "../base/errors.ts";
import { version } from "../base/version.ts";
import { examineOutput } from "../files/output_file.ts";
import { writeWhole } from "../files/write_whole.ts";
import { decodeImage, loadSharp } from "../images/decode_image.ts";
import type { Fit } from "../images/fit.ts";
import type { ExplainedNeighbour, ScoredNeighbour } from "../search/neighbour.ts";
import {
  type Gallery,
  galleryPage,
  type GalleryRow,
  isGallery,
  type PicturedHit,
} from "./gallery_page.ts";
import type { Picture } from "./report_data.ts";

/** What is nearest by one notion, or by the mixture. */
export interface GalleryHits {
  /** By what. */
  readonly title: string;
  /** How it was measured. @default {""} */
  readonly note?: string;
  /** The hits, nearest first. */
  readonly hits: readonly (ExplainedNeighbour | ScoredNeighbour)[];
}

/** What a gallery is made of. */
export interface GalleryContents {
  /** The model's file. */
  readonly model: string;
  /** Where was searched, in words. */
  readonly among: string;
  /** How images become squares. */
  readonly fit: Fit;
  /** The query images: what they are called, and where they lie. */
  readonly queries: readonly { readonly name: string; readonly file: string }[];
  /** A row for each notion and for the mixture. */
  readonly rows: readonly GalleryHits[];
  /** Where the image of a hit lies. */
  readonly fileOf: (index: number) => string;
}

/** Side of a picture in pixels. */
const side = 128;

/**
 * Examines where a gallery is to go, before the search: throws a CsnError where it cannot be
 * written, or a file lies that csn did not write, unless `overwrite`.
 */
export async function examineGallery(
  path: string,
  { overwrite }: { readonly overwrite?: boolean } = {},
): Promise<void> {
  if (!/[^/]\.html$/.test(path)) {
    throw new CsnError(
      `Cannot write a gallery to ${path}: it is a page; name a file that ends in .html`,
    );
  }
  const failing = "Cannot write a gallery to";
  await examineOutput(path, { failing, option: "gallery", overwrite, isOwn: isGallery });
}

/** Writes a gallery: one page that needs nothing else, whole or not at all. */
export async function writeGallery(path: string, contents: GalleryContents): Promise<void> {
  const { model, among, fit, queries, rows, fileOf } = contents;
  const drawn = new Map<string, Picture>();
  // One after the other: a photo of 12 million pixels takes 36 MB until it is small.
  const picture = async (file: string, name: string) => {
    const known = drawn.get(file) ?? await pictureOf(file, name, fit);
    drawn.set(file, known);
    return known;
  };
  const shownQueries: Gallery["queries"][number][] = [];
  for (const { name, file } of queries) {
    shownQueries.push({ name, picture: await picture(file, name) });
  }
  const shownRows: GalleryRow[] = [];
  for (const { title, note = "", hits } of rows) {
    const pictured: PicturedHit[] = [];
    for (const hit of hits) {
      pictured.push({ hit, picture: await picture(fileOf(hit.index), hit.name) });
    }
    shownRows.push({ title, note, hits: pictured });
  }
  const page = galleryPage({ model, among, queries: shownQueries, rows: shownRows, csn: version });
  await writeWhole(path, new TextEncoder().encode(page));
}

/** An image as the network sees it, but larger. */
async function pictureOf(file: string, name: string, fit: Fit): Promise<Picture> {
  const pixels = await decodeImage(file, side, { fit });
  const sharp = await loadSharp();
  const png = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 9 }).toBuffer();
  return { name: "hit", alt: name, width: side, height: side, png: new Uint8Array(png) };
}
