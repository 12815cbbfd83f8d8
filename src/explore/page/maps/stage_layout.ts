import type { Pane } from "./camera.ts";

/** Between two maps, in CSS pixels. */
const gap = 8;

/** Where each of some maps lies on a stage, and how high the stage is. */
export interface StageLayout {
  readonly panes: readonly Pane[];
  readonly height: number;
}

/**
 * Divides a stage of this width among maps: in as many columns as make them largest, as squares
 * where they are several, and not higher than they are wide; one alone takes it all.
 */
export function stageLayout(count: number, width: number, height: number): StageLayout {
  if (count <= 1) return { panes: [{ left: 0, top: 0, width, height }], height };
  let best = { columns: 1, side: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const wide = (width - gap * (columns - 1)) / columns;
    const high = (height - gap * (rows - 1)) / rows;
    const side = Math.min(wide, high);
    if (side > best.side) best = { columns, side };
  }
  // On a narrow screen maps go on below its edge rather than shrink to stamps.
  const fewest = width < 500 ? 2 : Math.min(count, 3);
  const columns = Math.max(best.columns, Math.min(fewest, count));
  const wide = (width - gap * (columns - 1)) / columns;
  const rows = Math.ceil(count / columns);
  const high = Math.min(wide, Math.max(best.side, 160));
  const panes = Array.from({ length: count }, (_, i): Pane => ({
    left: (i % columns) * (wide + gap),
    top: Math.floor(i / columns) * (high + gap),
    width: wide,
    height: high,
  }));
  return { panes, height: rows * high + (rows - 1) * gap };
}
