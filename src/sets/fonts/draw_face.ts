import type { SKRSContext2D } from "@napi-rs/canvas";
import { Buffer } from "node:buffer";
import { CsnError, messageOf } from "../../base/errors.ts";
import type { FontFace } from "./font_faces.ts";

/** What is drawn of every face: capitals, small letters and digits. */
export const characters: readonly string[] = [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
];

/** Side of a drawn picture in pixels. */
export const pictureSize = 64;

/** Paper that stays free around the largest character, in pixels. */
const margin = 4;

/** Size at which characters are measured; ink boxes are whole pixels, so it is large. */
const measuringSize = 400;

/**
 * A noncharacter (Unicode 16, section 23.7): no font has it, so its picture is that of any missing
 * glyph.
 */
const noncharacter = "\uFFFF";

const alias = "csn-face";

/** Draws faces; one at a time, because Skia knows fonts by name. */
export interface FacePen {
  /**
   * The pictures of `characters`, grey [64, 64] with black ink on white paper; null where the face
   * has no such glyph. All have one scale, at which the largest one fits, and one base line; each
   * is centred from left to right. Throws a CsnError when the file is no font.
   */
  draw(face: FontFace): (Uint8Array | null)[];
}

/**
 * Loads Skia without the system's fonts: a glyph that a face lacks would silently come from one of
 * them, and the pictures would depend on the machine.
 */
export async function facePen(): Promise<FacePen> {
  Deno.env.set("DISABLE_SYSTEM_FONTS_LOAD", "1");
  const { createCanvas, GlobalFonts } = await import("@napi-rs/canvas");
  if (GlobalFonts.families.length > 0) {
    throw new CsnError(
      "Cannot draw fonts: this process has loaded @napi-rs/canvas with the system's fonts; draw in a process of its own",
    );
  }
  const width = pictureSize * characters.length;
  const canvas = createCanvas(width, pictureSize);
  const context = canvas.getContext("2d");

  const draw = (face: FontFace): (Uint8Array | null)[] => {
    const key = GlobalFonts.register(readFont(face), alias);
    try {
      const style = GlobalFonts.families.find(({ family }) => family === alias)?.styles[0];
      if (key === null || style === undefined) {
        throw new CsnError(
          `Cannot draw the font ${face.file}: it is no font; remove its folder and fetch it again`,
        );
      }
      // Asked for by the slant and about the weight that the file itself states, Skia fakes
      // neither; it takes weights in whole hundreds only.
      const weight = Math.min(900, Math.max(100, Math.round(style.weight / 100) * 100));
      const font = (size: number) => `${style.style} ${weight} ${size}px "${alias}"`;
      const fit = fitFace(context, font);
      setFont(context, font(fit.size));
      const missing = drawCharacters(context, [noncharacter], fit)[0];
      return drawCharacters(context, characters, fit).map((picture) =>
        isBlank(picture) || equalBytes(picture, missing) ? null : picture
      );
    } finally {
      if (key !== null) GlobalFonts.remove(key);
    }
  };
  return { draw };
}

/** Size of a face in pixels, and the row of its base line. */
interface Fit {
  readonly size: number;
  readonly baseLine: number;
}

/** The scale at which the widest and the tallest character fit, and tall ones are centred. */
function fitFace(context: SKRSContext2D, font: (size: number) => string): Fit {
  setFont(context, font(measuringSize));
  let [above, below, width] = [0, 0, 0];
  for (const character of characters) {
    const box = context.measureText(character);
    above = Math.max(above, box.actualBoundingBoxAscent);
    below = Math.max(below, box.actualBoundingBoxDescent);
    width = Math.max(width, box.actualBoundingBoxLeft + box.actualBoundingBoxRight);
  }
  const scale = (pictureSize - 2 * margin) / Math.max(above + below, width, 1);
  return {
    size: measuringSize * scale,
    baseLine: Math.round((pictureSize + (above - below) * scale) / 2),
  };
}

/** A canvas passes over a font that it does not understand, and would draw with the one before. */
function setFont(context: SKRSContext2D, font: string): void {
  context.font = font;
  if (context.font !== font) throw new Error(`The canvas does not understand the font ${font}`);
}

/**
 * Draws characters side by side and cuts them apart: reading a canvas back costs more than drawing.
 */
function drawCharacters(
  context: SKRSContext2D,
  row: readonly string[],
  { baseLine }: Fit,
): Uint8Array[] {
  const width = pictureSize * row.length;
  context.fillStyle = "white";
  context.fillRect(0, 0, width, pictureSize);
  context.fillStyle = "black";
  row.forEach((character, place) => {
    const box = context.measureText(character);
    const centre = (box.actualBoundingBoxRight - box.actualBoundingBoxLeft) / 2;
    // Whole pixels, so that one shape gives one picture wherever it stands in the row.
    context.fillText(
      character,
      pictureSize * place + Math.round(pictureSize / 2 - centre),
      baseLine,
    );
  });
  const { data } = context.getImageData(0, 0, width, pictureSize); // [64, width, 4]
  return row.map((_, place) => {
    const picture = new Uint8Array(pictureSize * pictureSize);
    for (let y = 0; y < pictureSize; y++) {
      for (let x = 0; x < pictureSize; x++) {
        picture[y * pictureSize + x] = data[4 * (y * width + place * pictureSize + x)];
      }
    }
    return picture;
  });
}

function readFont(face: FontFace): Buffer {
  try {
    return Buffer.from(Deno.readFileSync(face.file));
  } catch (error) {
    throw new CsnError(`Cannot read the font ${face.file}: ${messageOf(error)}`, { cause: error });
  }
}

function isBlank(picture: Uint8Array): boolean {
  return picture.every((grey) => grey === 255);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
