import { createHash } from "node:crypto";
import type { Listener } from "../../base/listener.ts";
import { dirname, join } from "../../files/paths.ts";
import { resizeToSquare } from "../../images/resample.ts";
import { characters, facePen, pictureSize } from "./draw_face.ts";
import { type FontFace, fontFaces, type Slant } from "./font_faces.ts";
import { greyPng } from "./grey_png.ts";
import { hasLowerCase } from "./has_lower_case.ts";

/** A picture of one character in one face. */
export interface DrawnImage {
  /** Path below the folder of images. */
  readonly file: string;
  readonly character: string;
  readonly family: string;
  readonly weight: number;
  readonly slant: Slant;
}

/** What was drawn, and what was not. */
export interface DrawnFonts {
  /** By family, weight, slant and character. */
  readonly images: readonly DrawnImage[];
  /** Families and faces that have images. */
  readonly families: number;
  readonly faces: number;
  readonly leftOut: {
    /** Characters for which a face has no glyph. */
    readonly missingGlyphs: number;
    /** Pictures that are the same to the byte as one that was kept. */
    readonly identicalPictures: number;
    /** Families whose small letters look like capitals. */
    readonly familiesWithoutLowerCase: readonly string[];
  };
}

/** What is drawn, and how large. */
export interface DrawFontsOptions {
  readonly families: readonly string[];
  /** Side of the images in pixels. */
  readonly imageSize: number;
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
}

/**
 * Draws the families whose fonts lie in `<fonts>/<family>` to PNG files in
 * `<folder>/images/<family>/<weight>-<slant>/<character>.png`.
 */
export async function drawFonts(
  fonts: string,
  folder: string,
  { families, imageSize, listener, signal }: DrawFontsOptions,
): Promise<DrawnFonts> {
  const pen = await facePen();
  const faces = new Map<string, FontFace[]>();
  for (const family of families) faces.set(family, await fontFaces(join(fonts, family), family));
  const total = characters.length *
    [...faces.values()].reduce((sum, { length }) => sum + length, 0);
  let done = 0;
  const kept = new KeptImages(imageSize);
  const familiesWithoutLowerCase: string[] = [];
  for (const [family, familyFaces] of faces) {
    const drawn = familyFaces.map((face) => ({ face, pictures: pen.draw(face) }));
    if (!drawn.every(({ pictures }) => hasLowerCase(pictures))) {
      familiesWithoutLowerCase.push(family);
      done += familyFaces.length * characters.length;
      continue;
    }
    for (const { face, pictures } of drawn) {
      signal?.throwIfAborted();
      const files = kept.add(face, pictures);
      await Deno.mkdir(join(folder, "images", facePath(face)), { recursive: true });
      await Promise.all(
        files.map(({ file, png }) => Deno.writeFile(join(folder, "images", file), png)),
      );
      done += characters.length;
      listener?.progress?.({ what: "Drawing fonts", done, total, unit: "images" });
    }
  }
  const { images, missingGlyphs, identicalPictures } = kept;
  return {
    images,
    families: new Set(images.map(({ family }) => family)).size,
    faces: new Set(images.map(({ file }) => dirname(file))).size,
    leftOut: { missingGlyphs, identicalPictures, familiesWithoutLowerCase },
  };
}

/**
 * The images of a set, none of them twice: a picture in two splits would be known before it is
 * asked.
 */
class KeptImages {
  readonly images: DrawnImage[] = [];
  missingGlyphs = 0;
  identicalPictures = 0;
  readonly #imageSize: number;
  readonly #digests = new Set<string>();

  constructor(imageSize: number) {
    this.#imageSize = imageSize;
  }

  /** Takes in a face's pictures, in the order of `characters`; returns the files to write. */
  add(
    face: FontFace,
    pictures: readonly (Uint8Array | null)[],
  ): { file: string; png: Uint8Array }[] {
    const files: { file: string; png: Uint8Array }[] = [];
    pictures.forEach((picture, row) => {
      if (picture === null) {
        this.missingGlyphs++;
        return;
      }
      const pixels = resized(picture, this.#imageSize);
      const digest = createHash("sha256").update(pixels).digest("base64");
      if (this.#digests.has(digest)) {
        this.identicalPictures++;
        return;
      }
      this.#digests.add(digest);
      const character = characters[row];
      const file = `${facePath(face)}/${characterName(character)}.png`;
      const { family, weight, slant } = face;
      this.images.push({ file, character, family, weight, slant });
      files.push({ file, png: greyPng(pixels, this.#imageSize) });
    });
    return files;
  }
}

/** Folder of a face's images. */
function facePath({ family, weight, slant }: FontFace): string {
  return `${family}/${weight}-${slant}`;
}

/** File name of a character: "A" and "a" are one name to some file systems. */
function characterName(character: string): string {
  if (/\d/.test(character)) return `digit-${character}`;
  return character === character.toLowerCase()
    ? `small-${character}`
    : `capital-${character.toLowerCase()}`;
}

/** The picture in another size, as an image pack would make it from the whole one. */
function resized(picture: Uint8Array, size: number): Uint8Array {
  if (size === pictureSize) return picture;
  const data = new Uint8Array(3 * picture.length);
  picture.forEach((grey, place) => data.fill(grey, 3 * place, 3 * place + 3));
  const small = resizeToSquare({ data, width: pictureSize, height: pictureSize }, size, "crop");
  return Uint8Array.from({ length: size * size }, (_, place) => small[3 * place]);
}
