import { type Camera, type Pane, scaleOf, toPlane, toScreen } from "./camera.ts";

/** A cell of the screen that shows the picture of one point. */
export interface ShownCell {
  readonly point: number;
  /** The middle of the cell on the screen, in CSS pixels. */
  readonly x: number;
  readonly y: number;
}

/** Which points are shown as pictures, and how large. */
export interface ShownCells {
  readonly cells: readonly ShownCell[];
  /** Side of a cell in CSS pixels. */
  readonly side: number;
}

/** Sides of cells that are wanted: while there are many points in view, and while there are few. */
const [farSides, nearSide] = [[24, 44], 112] as const;

/** Far cells along the shorter side of a map: smaller maps have smaller pictures. */
const farCells = 15;

/** With fewer points in view their pictures are shown large. */
const fewPoints = 90;

/**
 * The pictures that a map shows: a grid lies over the plane, and each of its cells on the screen
 * shows the point nearest to its middle. The grid lies still while the map is dragged, and changes
 * by whole steps while it is zoomed, so that pictures do not flicker. In a cell with points that are
 * `chosen` ([n], 1 for each) one of those is shown.
 */
export function screenCells(
  layout: Float32Array,
  camera: Camera,
  pane: Pane,
  chosen: Uint8Array | null = null,
): ShownCells {
  const [left, top] = toPlane(camera, pane, pane.left, pane.top);
  const [right, bottom] = toPlane(camera, pane, pane.left + pane.width, pane.top + pane.height);
  let seen = 0;
  for (let at = 0; at < layout.length; at += 2) {
    const x = layout[at];
    const y = layout[at + 1];
    if (x >= left && x <= right && y >= top && y <= bottom) seen++;
  }
  const farSide = Math.min(pane.width, pane.height) / farCells;
  const wanted = seen <= fewPoints
    ? nearSide
    : Math.min(farSides[1], Math.max(farSides[0], farSide));
  const scale = scaleOf(camera, pane);
  // The nearest whole power of the root of 2, so that a cell is 84 % to 119 % of what is wanted.
  const unit = 2 ** (Math.round(2 * Math.log2(wanted / scale)) / 2);
  const [firstColumn, firstRow] = [Math.floor(left / unit), Math.floor(top / unit)];
  const columns = Math.floor(right / unit) - firstColumn + 1;
  const rows = Math.floor(bottom / unit) - firstRow + 1;
  const nearest = new Int32Array(columns * rows).fill(-1);
  const least = new Float64Array(columns * rows).fill(Infinity);
  for (let point = 0, at = 0; at < layout.length; point++, at += 2) {
    if (!(layout[at] >= left && layout[at] <= right)) continue;
    if (!(layout[at + 1] >= top && layout[at + 1] <= bottom)) continue;
    const x = layout[at] / unit - firstColumn;
    const y = layout[at + 1] / unit - firstRow;
    const column = Math.floor(x);
    const row = Math.floor(y);
    // Within a cell nothing is farther than 1.
    const isPassedOver = chosen !== null && chosen[point] === 0;
    const far = (x - column - 0.5) ** 2 + (y - row - 0.5) ** 2 + (isPassedOver ? 1 : 0);
    const cell = row * columns + column;
    if (far >= least[cell]) continue;
    least[cell] = far;
    nearest[cell] = point;
  }
  const cells: ShownCell[] = [];
  nearest.forEach((point, cell) => {
    if (point === -1) return;
    const column = firstColumn + cell % columns;
    const row = firstRow + Math.floor(cell / columns);
    const [x, y] = toScreen(camera, pane, (column + 0.5) * unit, (row + 0.5) * unit);
    cells.push({ point, x, y });
  });
  return { cells, side: unit * scale };
}
