/**
 * Draws dots into pixels, without WebGL: it is not everywhere, the libraries that use it make
 * programs from text, which the page's content security policy forbids, and 50,000 dots are quick
 * enough to draw without it.
 */
import { type Camera, type Pane, scaleOf } from "./camera.ts";

/** Pixels of a picture, as an ImageData has them: [height, width, 4], or a 32-bit word each. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly words: Uint32Array;
}

/** What is drawn. */
export interface Dots {
  /** [n, 2] */
  readonly layout: Float32Array;
  /** [n]: see `wordOf`. */
  readonly words: Uint32Array;
  /** Radius of a dot, in pixels of the raster. */
  readonly radius: number;
  /** [n]: 0 for dots that are drawn faintly, below the others; null where all are alike. */
  readonly chosen: Uint8Array | null;
  /** Only each so many-th dot is drawn: while a map moves, and there are very many. @default {1} */
  readonly every?: number;
}

/** How much of a faint dot is seen. */
const faintness = 0.22;

/** What a dot covers less of, of 256, is left as it is: nobody sees it, and it takes half the time. */
const leastCover = 40;

/** A colour, "#rrggbb" or "rgb(r, g, b)", as a word of a raster, opaque. */
export function wordOf(colour: string): number {
  const [red, green, blue] = colour.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
    : (colour.match(/\d+/g) ?? []).map(Number);
  // Canvases lie in memory as red, green, blue, opacity; all machines of browsers are little-endian.
  return (0xff000000 | blue << 16 | green << 8 | red) >>> 0;
}

/** Draws dots where the camera sees them. `pane` is in pixels of the raster; nothing leaves it. */
export function drawDots(raster: Raster, dots: Dots, camera: Camera, pane: Pane): void {
  const stamp = stampOf(dots.radius, raster.width);
  if (dots.chosen === null) return stampAll(raster, dots, camera, pane, stamp, null);
  const cover = stamp.cover.map((value) => Math.round(faintness * value));
  stampAll(raster, dots, camera, pane, { ...stamp, cover }, 0);
  stampAll(raster, dots, camera, pane, stamp, 1);
}

/** The pixels of a dot. */
interface Stamp {
  /** Rows and columns from its middle to its outermost pixel. */
  readonly reach: number;
  /** Of each pixel, how many words it lies behind the middle. */
  readonly offset: Int32Array;
  /** How much of each is covered, of 256. */
  readonly cover: Int32Array;
}

/** A dot for a raster of this width. Its edge is soft, over one pixel. */
function stampOf(radius: number, width: number): Stamp {
  const reach = Math.ceil(radius);
  const pixels: { readonly offset: number; readonly cover: number }[] = [];
  for (let down = -reach; down <= reach; down++) {
    for (let right = -reach; right <= reach; right++) {
      const share = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(right, down)));
      const cover = Math.round(256 * share);
      if (cover >= leastCover) pixels.push({ offset: down * width + right, cover });
    }
  }
  return {
    reach,
    offset: Int32Array.from(pixels, ({ offset }) => offset),
    cover: Int32Array.from(pixels, ({ cover }) => cover),
  };
}

function stampAll(
  { width, words }: Raster,
  { layout, words: colours, chosen, every = 1 }: Dots,
  camera: Camera,
  pane: Pane,
  { reach, offset, cover }: Stamp,
  only: 0 | 1 | null,
): void {
  const scale = scaleOf(camera, pane);
  const toX = pane.left + pane.width / 2 - scale * camera.x;
  const toY = pane.top + pane.height / 2 - scale * camera.y;
  // Dots that would reach over the edge of the map are left out: less than a dot's width of it.
  const left = Math.ceil(pane.left) + reach;
  const top = Math.ceil(pane.top) + reach;
  const right = Math.floor(pane.left + pane.width) - 1 - reach;
  const bottom = Math.floor(pane.top + pane.height) - 1 - reach;
  const count = layout.length / 2;
  for (let i = 0; i < count; i += every) {
    if (only !== null && chosen![i] !== only) continue;
    const x = Math.round(toX + scale * layout[2 * i]);
    const y = Math.round(toY + scale * layout[2 * i + 1]);
    if (!(x >= left && x <= right && y >= top && y <= bottom)) continue;
    const middle = y * width + x;
    const word = colours[i];
    const outer = word & 0xff00ff;
    const inner = word >>> 8 & 0xff;
    for (let pixel = 0; pixel < offset.length; pixel++) {
      const to = middle + offset[pixel];
      const share = cover[pixel];
      if (share === 256) {
        words[to] = word;
        continue;
      }
      // Mixed with what is below, red and blue at a time; no function, for half of the time.
      const below = words[to];
      const keep = 256 - share;
      const redBlue = (below & 0xff00ff) * keep + outer * share >>> 8 & 0xff00ff;
      const green = (below >>> 8 & 0xff) * keep + inner * share & 0xff00;
      words[to] = 0xff000000 | redBlue | green;
    }
  }
}

/** The radius of a dot in CSS pixels: small where there are many, larger the nearer one looks. */
export function dotRadius(count: number, home: Camera, camera: Camera, pane: Pane): number {
  const room = Math.sqrt(pane.width * pane.height / Math.max(1, count));
  const near = (home.span / camera.span) ** 0.5;
  return Math.min(6, Math.max(1, 0.16 * room * near));
}
