import { type Camera, middleOf, type Pane, scaleOf } from "./camera.ts";

/** How an image of a map is laid over it when the camera is another one: scaled, then moved. */
export interface Placed {
  readonly scale: number;
  /** In CSS pixels. */
  readonly right: number;
  readonly down: number;
}

/** Where what was drawn for one camera lies for another. */
export function placedFor(drawn: Camera, camera: Camera, pane: Pane): Placed {
  const scale = drawn.span / camera.span;
  const now = scaleOf(camera, pane);
  const [x, y] = middleOf(pane);
  return {
    scale,
    right: (1 - scale) * x + now * (drawn.x - camera.x),
    down: (1 - scale) * y + now * (drawn.y - camera.y),
  };
}
