/** Which points of a layout [n, 2] lie where. */

/** A place in the plane. */
export type Place = readonly [x: number, y: number];

/** The point nearest to a place, not farther than `within`; null where there is none. */
export function nearestPoint(layout: Float32Array, [x, y]: Place, within: number): number | null {
  let [nearest, least] = [-1, within ** 2];
  for (let i = 0, at = 0; at < layout.length; i++, at += 2) {
    const square = (layout[at] - x) ** 2 + (layout[at + 1] - y) ** 2;
    if (square > least || square === least && nearest !== -1) continue;
    [nearest, least] = [i, square];
  }
  return nearest === -1 ? null : nearest;
}

/** Points inside a polygon (even-odd), whose last corner is joined to its first. */
export function pointsInPolygon(layout: Float32Array, corners: readonly Place[]): number[] {
  if (corners.length < 3) return [];
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const found: number[] = [];
  for (let i = 0, at = 0; at < layout.length; i++, at += 2) {
    const [x, y] = [layout[at], layout[at + 1]];
    if (x < left || x > right || y < top || y > bottom) continue;
    if (isInside(x, y, corners)) found.push(i);
  }
  return found;
}

function isInside(x: number, y: number, corners: readonly Place[]): boolean {
  let isIn = false;
  for (let a = 0, b = corners.length - 1; a < corners.length; b = a++) {
    const [[ax, ay], [bx, by]] = [corners[a], corners[b]];
    if ((ay > y) !== (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax) isIn = !isIn;
  }
  return isIn;
}

/** Points in the upright rectangle between two corners, its edges included. */
export function pointsInBox(layout: Float32Array, [ax, ay]: Place, [bx, by]: Place): number[] {
  const [left, right, top, bottom] = [
    Math.min(ax, bx),
    Math.max(ax, bx),
    Math.min(ay, by),
    Math.max(ay, by),
  ];
  const found: number[] = [];
  for (let i = 0, at = 0; at < layout.length; i++, at += 2) {
    const [x, y] = [layout[at], layout[at + 1]];
    if (x >= left && x <= right && y >= top && y <= bottom) found.push(i);
  }
  return found;
}

/** Points by their distance from a place, the nearest first. */
export function byDistance(
  layout: Float32Array,
  points: readonly number[],
  [x, y]: Place,
): number[] {
  const distance = (point: number) => Math.hypot(layout[2 * point] - x, layout[2 * point + 1] - y);
  return points.map((point) => [point, distance(point)])
    .sort(([a, far], [b, farther]) => far - farther || a - b)
    .map(([point]) => point);
}
