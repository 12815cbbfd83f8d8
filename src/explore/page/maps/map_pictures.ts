/** The pictures that maps draw: small ones from the atlas, and whole ones of those that are near. */
import { atlasCell } from "../../atlas_plan.ts";
import type { AtlasInfo } from "../../protocol.ts";
import { source } from "../explored.ts";
import { LostError, PictureError, report } from "../source.ts";

/** Whole pictures that are kept, and pixels of a side at most: some 60 MB. */
const [mostWhole, wholeSide] = [240, 256];

/** Whole pictures that are asked for at a time: a map that is dragged asks for many. */
const atOnce = 4;

/** A whole picture, or in a word why there is none. */
type Whole = { readonly picture: ImageBitmap } | { readonly fault: string } | "coming";

/** What draws pictures on a canvas; `onCame` is called when another one came. */
export class MapPictures {
  readonly #onCame: () => void;
  #atlas: AtlasInfo | null = null;
  readonly #sheets = new Map<number, ImageBitmap | "coming">();
  readonly #whole = new Map<number, Whole>();
  #wanted: number[] = [];
  #coming = 0;

  constructor(onCame: () => void) {
    this.#onCame = onCame;
  }

  /** Asks for the atlas; what was drawn before is taken from it no more. */
  async open(signal: AbortSignal): Promise<void> {
    this.#atlas = await source().atlas(signal);
    this.#sheets.clear();
    this.#onCame();
  }

  /**
   * Draws the picture of a point, `image`, into a square around (x, y). Returns whether there is
   * one yet; it is asked for where not.
   */
  draw(
    context: CanvasRenderingContext2D,
    point: number,
    image: number,
    [x, y, side]: readonly [x: number, y: number, side: number],
    isNear: boolean,
  ): boolean {
    const whole = isNear ? this.#wholeOf(image) : undefined;
    if (whole !== undefined && whole !== "coming") {
      if ("fault" in whole) drawFault(context, whole.fault, x, y, side);
      else drawWithin(context, whole.picture, x, y, side);
      return true;
    }
    const atlas = this.#atlas;
    if (atlas === null) return false;
    const cell = atlasCell(atlas, point);
    const sheet = this.#sheet(atlas, cell.sheet);
    if (sheet === null) return false;
    const corner = [x - side / 2, y - side / 2, side, side] as const;
    context.drawImage(sheet, cell.x, cell.y, atlas.cell, atlas.cell, ...corner);
    return true;
  }

  /** What was asked for and has not begun to come is not asked for any more. */
  forgetWanted(): void {
    for (const image of this.#wanted) this.#whole.delete(image);
    this.#wanted = [];
  }

  #sheet(atlas: AtlasInfo, number: number): ImageBitmap | null {
    const sheet = this.#sheets.get(number);
    if (sheet !== undefined) return sheet === "coming" ? null : sheet;
    this.#sheets.set(number, "coming");
    source().atlasSheet(atlas, number).then(createImageBitmap).then((bitmap) => {
      if (this.#atlas === atlas) this.#sheets.set(number, bitmap);
      this.#onCame();
    }, (error) => {
      // Asked for again when the map is drawn the next time.
      this.#sheets.delete(number);
      report(error);
    });
    return null;
  }

  #wholeOf(image: number): Whole {
    const known = this.#whole.get(image);
    if (known !== undefined) {
      // The last one used is dropped last.
      this.#whole.delete(image);
      this.#whole.set(image, known);
      return known;
    }
    this.#whole.set(image, "coming");
    this.#wanted.push(image);
    this.#take();
    return "coming";
  }

  #take(): void {
    while (this.#coming < atOnce && this.#wanted.length > 0) {
      const image = this.#wanted.shift()!;
      this.#coming++;
      this.#load(image).finally(() => {
        this.#coming--;
        this.#take();
        this.#onCame();
      });
    }
  }

  async #load(image: number): Promise<void> {
    try {
      const blob = await source().wholePicture(image);
      const options = { resizeWidth: wholeSide, resizeQuality: "medium" } as const;
      this.#whole.set(image, { picture: await createImageBitmap(blob, options) });
    } catch (error) {
      // A server that is away is asked again when the map is drawn the next time.
      if (error instanceof LostError) this.#whole.delete(image);
      else this.#whole.set(image, { fault: error instanceof PictureError ? error.state : "" });
    }
    for (const [oldest, whole] of this.#whole) {
      if (this.#whole.size <= mostWhole) break;
      if (whole === "coming") continue;
      if ("picture" in whole) whole.picture.close();
      this.#whole.delete(oldest);
    }
  }
}

/** A picture as large as it fits into a square around (x, y). */
function drawWithin(
  context: CanvasRenderingContext2D,
  picture: ImageBitmap,
  x: number,
  y: number,
  side: number,
): void {
  const scale = side / Math.max(picture.width, picture.height);
  const [width, height] = [scale * picture.width, scale * picture.height];
  context.drawImage(picture, x - width / 2, y - height / 2, width, height);
}

/** A cross, and in a word why there is no picture. */
function drawFault(
  context: CanvasRenderingContext2D,
  fault: string,
  x: number,
  y: number,
  side: number,
): void {
  const half = side / 2;
  context.save();
  context.fillStyle = "#909090";
  context.fillRect(x - half, y - half, side, side);
  context.strokeStyle = "#505050";
  context.beginPath();
  context.moveTo(x - half, y - half);
  context.lineTo(x + half, y + half);
  context.moveTo(x + half, y - half);
  context.lineTo(x - half, y + half);
  context.stroke();
  context.fillStyle = "#000000";
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  context.fillText(fault === "" ? "no picture" : fault, x, y + half - 6);
  context.restore();
}
