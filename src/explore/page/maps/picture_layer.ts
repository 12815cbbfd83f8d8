import type { Camera, Pane } from "./camera.ts";
import { placedFor } from "./placed_for.ts";

/** Milliseconds until pictures that move are drawn anew: what comes into view has none till then. */
const renewMs = 120;

/** At most such a share of the time goes into drawing pictures while they move. */
const mostShare = 1 / 5;

/** Pictures that are larger or smaller than they were drawn by more than this are drawn anew. */
const mostScale = 1.5;

/**
 * The pictures of all maps on a canvas of their own: while the maps are dragged and zoomed it is
 * drawn as one image where the pictures are now, which is many times as quick as drawing each.
 */
export class PictureLayer {
  readonly #canvas = document.createElement("canvas");
  /** What was drawn: the same objects are the same pictures. */
  #of: readonly unknown[] = [];
  #camera: Camera | null = null;
  #at = 0;
  #took = 0;

  /** Whether what was drawn of the same is near enough to what the camera sees now. */
  serves(of: readonly unknown[], camera: Camera): boolean {
    if (this.#camera === null || of.length !== this.#of.length) return false;
    const scale = this.#camera.span / camera.span;
    const age = performance.now() - this.#at;
    return age < Math.max(renewMs, this.#took / mostShare) && scale < mostScale &&
      scale > 1 / mostScale && of.every((each, at) => each === this.#of[at]);
  }

  /** Draws all pictures anew, by `draw`, onto a canvas as large as `target`. */
  renew(
    of: readonly unknown[],
    camera: Camera,
    target: HTMLCanvasElement,
    draw: (context: CanvasRenderingContext2D) => void,
  ): void {
    const began = performance.now();
    const { width, height } = target;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
    }
    const context = this.#canvas.getContext("2d")!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context);
    this.#of = of;
    this.#camera = camera;
    this.#at = performance.now();
    this.#took = this.#at - began;
  }

  /** Draws a map's pictures where they are now; `ratio` is pixels of the canvas by CSS pixels. */
  put(context: CanvasRenderingContext2D, pane: Pane, camera: Camera, ratio: number): void {
    const { scale, right, down } = placedFor(this.#camera!, camera, pane);
    // Those of this map alone.
    const [left, top] = [pane.left, pane.top].map((edge) => Math.round(edge * ratio));
    const width = Math.round((pane.left + pane.width) * ratio) - left;
    const height = Math.round((pane.top + pane.height) * ratio) - top;
    const part = [left, top, width, height] as const;
    context.save();
    // What is only dragged stays as sharp as it is.
    const moved = [right, down].map((by) => scale === 1 ? Math.round(by * ratio) : by * ratio);
    context.setTransform(scale, 0, 0, scale, moved[0], moved[1]);
    context.drawImage(this.#canvas, ...part, ...part);
    context.restore();
  }
}
