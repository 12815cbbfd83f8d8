import type { Camera, Pane } from "./camera.ts";
import { toScreen } from "./camera.ts";
import { dotRadius, drawDots, wordOf } from "./draw_dots.ts";
import type { MapPictures } from "./map_pictures.ts";
import { PictureLayer } from "./picture_layer.ts";
import type { Place } from "./points_in.ts";
import { screenCells, type ShownCells } from "./screen_cells.ts";

/** A map as it is drawn. */
export interface DrawnMap {
  readonly pane: Pane;
  /** [n, 2], where its points are now. */
  readonly layout: Float32Array;
  /** [n]: their colours, as words of a raster and as texts. */
  readonly words: Uint32Array;
  readonly colours: readonly string[];
}

/** What is drawn. */
export interface Frame {
  readonly maps: readonly DrawnMap[];
  readonly camera: Camera;
  readonly home: Camera;
  /** The image of each point. */
  readonly images: Uint32Array;
  /** [n]: 1 for points that are selected; null where none is. */
  readonly chosen: Uint8Array | null;
  readonly hovered: number | null;
  readonly query: number | null;
  /** The corners of what is being selected, on the screen. */
  readonly outline: readonly Place[];
  readonly hasPictures: boolean;
  /** Whether the maps move, so that a frame must be quick. */
  readonly isMoving: boolean;
}

/** Dots of all maps together that are drawn while maps move, at most. */
const mostMoving = 150_000;

/** Milliseconds that the dots of a frame may take while maps move; else fewer are drawn. */
const mostDotsMs = 10;

/** While maps move, at least each so many-th dot is drawn. */
const mostEvery = 16;

/** Pixels of the raster at most: more would cost time, and nobody would see them. */
const mostPixels = 5e6;

/** A picture's share of its cell: dots are seen between pictures, while those are small. */
const [nearShare, farShare] = [0.94, 0.78];

/** Larger cells show the picture itself, in CSS pixels. */
const nearSide = 70;

/** Opacity of pictures that are not selected while others are. */
const faintPicture = 0.25;

/** Draws maps on two canvases that lie on each other: dots below, pictures and marks above. */
export class StageDrawing {
  readonly #dots: HTMLCanvasElement;
  readonly #marks: HTMLCanvasElement;
  readonly #pictures: MapPictures;
  #raster: ImageData | null = null;
  #ratio = 1;
  readonly #layer = new PictureLayer();
  /** While maps move, each so many-th dot is drawn. */
  #every = 1;
  /** By map: the pictures that are shown. */
  #cells: readonly ShownCells[] = [];

  constructor(dots: HTMLCanvasElement, marks: HTMLCanvasElement, pictures: MapPictures) {
    this.#dots = dots;
    this.#marks = marks;
    this.#pictures = pictures;
  }

  /** Makes the canvases so large, in CSS pixels. */
  resize(width: number, height: number): void {
    const fits = Math.sqrt(mostPixels / Math.max(1, width * height));
    const ratio = Math.min(devicePixelRatio, 2, Math.max(1, fits));
    const [wide, high] = [width, height].map((side) => Math.max(1, Math.round(side * ratio)));
    if (this.#raster?.width === wide && this.#raster.height === high) return;
    this.#ratio = ratio;
    for (const canvas of [this.#dots, this.#marks]) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this.#raster = new ImageData(wide, high);
  }

  /** Draws. */
  draw(frame: Frame): void {
    if (this.#raster === null) return;
    this.#drawDots(this.#raster, frame);
    const context = this.#marks.getContext("2d")!;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, this.#marks.width, this.#marks.height);
    if (frame.hasPictures) this.#renewPictures(frame);
    else this.#cells = [];
    for (const map of frame.maps) {
      within(context, map.pane, () => {
        if (frame.hasPictures) this.#layer.put(context, map.pane, frame.camera, this.#ratio);
        this.#drawMarks(context, frame, map);
      });
    }
    drawOutline(context, frame.outline, this.#theme.ink);
  }

  /** The point whose picture is shown at a place of map number `at`; null where there is none. */
  pictureAt(at: number, [x, y]: Place): number | null {
    const shown = this.#cells[at];
    if (shown === undefined) return null;
    const half = pictureSide(shown.side) / 2;
    const cell = shown.cells.find((each) =>
      Math.abs(each.x - x) <= half && Math.abs(each.y - y) <= half
    );
    return cell?.point ?? null;
  }

  /** Draws the pictures anew, unless they move and those that there are serve a while longer. */
  #renewPictures(frame: Frame): void {
    const { maps, camera, chosen, isMoving } = frame;
    const of = [chosen, ...maps.flatMap(({ layout, colours, pane }) => [layout, colours, pane])];
    if (isMoving && this.#layer.serves(of, camera)) return;
    this.#pictures.forgetWanted();
    this.#cells = maps.map(({ layout, pane }) => screenCells(layout, camera, pane, chosen));
    this.#layer.renew(of, camera, this.#marks, (context) => {
      context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
      maps.forEach((map, at) =>
        within(context, map.pane, () => this.#drawPictures(context, frame, map, this.#cells[at]))
      );
    });
  }

  #drawDots(raster: ImageData, { maps, camera, home, chosen, isMoving }: Frame): void {
    const began = performance.now();
    const words = new Uint32Array(raster.data.buffer);
    words.fill(wordOf(this.#theme.ground));
    const dots = maps.reduce((sum, { layout }) => sum + layout.length / 2, 0);
    const every = isMoving ? Math.max(this.#every, Math.ceil(dots / mostMoving)) : 1;
    for (const { pane, layout, words: colours } of maps) {
      const radius = this.#ratio * dotRadius(layout.length / 2, home, camera, pane);
      const scaled = scaledPane(pane, this.#ratio);
      const target = { width: raster.width, height: raster.height, words };
      drawDots(target, { layout, words: colours, radius, chosen, every }, camera, scaled);
    }
    this.#dots.getContext("2d")!.putImageData(raster, 0, 0);
    // Fewer from now on, lest dots come and go within a movement; a rest allows for more again.
    if (!isMoving) this.#every = Math.max(1, this.#every / 2);
    else if (performance.now() - began > mostDotsMs) {
      this.#every = Math.min(mostEvery, 2 * every);
    }
  }

  #drawPictures(
    context: CanvasRenderingContext2D,
    { images, chosen }: Frame,
    { colours }: DrawnMap,
    shown: ShownCells,
  ): void {
    const side = pictureSide(shown.side);
    const isNear = shown.side > nearSide;
    const edge = isNear ? 3 : 1.5;
    for (const { point, x, y } of shown.cells) {
      context.globalAlpha = chosen === null || chosen[point] === 1 ? 1 : faintPicture;
      // An edge in the point's colour; filling is much quicker than drawing lines.
      context.fillStyle = colours[point];
      context.fillRect(x - side / 2, y - side / 2, side, side);
      const place = [x, y, side - 2 * edge] as const;
      this.#pictures.draw(context, point, images[point], place, isNear);
    }
    context.globalAlpha = 1;
  }

  #drawMarks(context: CanvasRenderingContext2D, frame: Frame, { pane, layout }: DrawnMap): void {
    const { camera, hovered, query } = frame;
    const { ink, ground } = this.#theme;
    const ring = (point: number, radius: number) => {
      const [x, y] = toScreen(camera, pane, layout[2 * point], layout[2 * point + 1]);
      // Dark on light on dark: it is seen on every ground.
      for (const [width, colour] of [[6, ground], [2.5, ink]] as const) {
        context.lineWidth = width;
        context.strokeStyle = colour;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.stroke();
      }
      return [x, y];
    };
    if (query !== null && 2 * query < layout.length) {
      const [x, y] = ring(query, 11);
      context.beginPath();
      for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + 11 * right, y + 11 * down);
        context.lineTo(x + 18 * right, y + 18 * down);
      }
      context.stroke();
    }
    if (hovered !== null && 2 * hovered < layout.length) ring(hovered, 8);
  }

  /** The colours of writing and of the ground, "rgb(...)", as they are now. */
  get #theme(): { readonly ink: string; readonly ground: string } {
    const { color, backgroundColor } = getComputedStyle(this.#dots);
    return { ink: color, ground: backgroundColor };
  }
}

/** The side of a picture in a cell of this side. */
function pictureSide(side: number): number {
  return side * (side > nearSide ? nearShare : farShare);
}

/** Draws on a map, and nowhere beside it. */
function within(context: CanvasRenderingContext2D, pane: Pane, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(pane.left, pane.top, pane.width, pane.height);
  context.clip();
  draw();
  context.restore();
}

function scaledPane({ left, top, width, height }: Pane, ratio: number): Pane {
  return { left: left * ratio, top: top * ratio, width: width * ratio, height: height * ratio };
}

function drawOutline(
  context: CanvasRenderingContext2D,
  outline: readonly Place[],
  ink: string,
): void {
  if (outline.length < 2) return;
  context.beginPath();
  outline.forEach(([x, y], at) => at === 0 ? context.moveTo(x, y) : context.lineTo(x, y));
  context.closePath();
  context.fillStyle = "rgb(0 114 178 / 15%)";
  context.fill();
  context.setLineDash([6, 4]);
  context.lineWidth = 1.5;
  context.strokeStyle = ink;
  context.stroke();
  context.setLineDash([]);
}
