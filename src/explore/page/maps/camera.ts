/** Which part of the plane a map shows: the same for maps of any size. */
export interface Camera {
  /** The middle of the view, in units of the layouts. */
  readonly x: number;
  readonly y: number;
  /** How much of the plane the shorter side of a map shows. */
  readonly span: number;
}

/** The inside of a map on the screen, in CSS pixels; y runs downwards, as in layouts. */
export interface Pane {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How near and how far a camera may come. */
const [leastSpan, mostSpan] = [1e-4, 100];

/** Pixels of a unit of the plane. */
export function scaleOf({ span }: Camera, { width, height }: Pane): number {
  return Math.min(width, height) / span;
}

/** Where a point of the plane lies on the screen. */
export function toScreen(camera: Camera, pane: Pane, x: number, y: number): [number, number] {
  const scale = scaleOf(camera, pane);
  return [
    pane.left + pane.width / 2 + scale * (x - camera.x),
    pane.top + pane.height / 2 + scale * (y - camera.y),
  ];
}

/** What point of the plane lies at a place of the screen. */
export function toPlane(camera: Camera, pane: Pane, x: number, y: number): [number, number] {
  const scale = scaleOf(camera, pane);
  return [
    camera.x + (x - pane.left - pane.width / 2) / scale,
    camera.y + (y - pane.top - pane.height / 2) / scale,
  ];
}

/** The camera after the plane was dragged by so many pixels. */
export function panned(camera: Camera, pane: Pane, right: number, down: number): Camera {
  const scale = scaleOf(camera, pane);
  return { ...camera, x: camera.x - right / scale, y: camera.y - down / scale };
}

/** The camera `factor` times nearer; what lies at a place of the screen stays there. */
export function zoomed(
  camera: Camera,
  pane: Pane,
  factor: number,
  at: readonly [x: number, y: number] = middleOf(pane),
): Camera {
  const span = Math.min(mostSpan, Math.max(leastSpan, camera.span / factor));
  const share = span / camera.span;
  const [x, y] = toPlane(camera, pane, at[0], at[1]);
  return { x: x + share * (camera.x - x), y: y + share * (camera.y - y), span };
}

/** The middle of a map on the screen. */
export function middleOf({ left, top, width, height }: Pane): [number, number] {
  return [left + width / 2, top + height / 2];
}

/** The share of points at each edge that may lie outside a camera's view: odd ones, far away. */
const leftOut = 0.002;

/**
 * The camera that shows all points of some layouts, but for a few that lie far off, on a map of this
 * shape: its width by its height.
 */
export function cameraFor(layouts: readonly Float32Array[], shape = 1): Camera {
  const boxes = layouts.filter(({ length }) => length > 0)
    .map((layout) => [boundsOf(layout, 0), boundsOf(layout, 1)]);
  if (boxes.length === 0) return { x: 0, y: 0, span: 1 };
  const [across, down] = [0, 1].map((axis) => {
    const low = Math.min(...boxes.map((box) => box[axis][0]));
    const high = Math.max(...boxes.map((box) => box[axis][1]));
    return { middle: (low + high) / 2, length: high - low };
  });
  const needed = shape > 1
    ? Math.max(across.length / shape, down.length)
    : Math.max(across.length, down.length * shape);
  // A margin, so that no picture lies over the edge.
  return { x: across.middle, y: down.middle, span: 1.16 * needed || 1 };
}

function boundsOf(layout: Float32Array, axis: number): [number, number] {
  const values = new Float32Array(layout.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = layout[2 * i + axis];
  values.sort();
  const edge = Math.floor(leftOut * values.length);
  return [values[edge], values[values.length - 1 - edge]];
}

/** A camera as text, for the address. */
export function writeCamera({ x, y, span }: Camera): string {
  return [x, y, span].map((value) => Number(value.toPrecision(5))).join(",");
}

/** What `writeCamera` wrote; null for anything else. */
export function readCamera(text: string | null): Camera | null {
  const values = (text ?? "").split(",").map((part) => part === "" ? NaN : Number(part));
  if (values.length !== 3 || !values.every(Number.isFinite)) return null;
  const [x, y, span] = values;
  return span >= leastSpan && span <= mostSpan ? { x, y, span } : null;
}
