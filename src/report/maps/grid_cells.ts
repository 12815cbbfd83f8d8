/** No point is in the cell. */
export const emptyCell = -1;

/**
 * Puts points [n, 2] into a grid of `side` by `side` cells over the square around them, row by row
 * from the top left, y downwards: [side * side], the number of the point that a cell shows, or
 * `emptyCell`. Of several points in a cell it shows the one nearest to its centre, of equally near
 * ones the first.
 */
export function gridCells(points: ArrayLike<number>, side: number): Int32Array {
  const cells = new Int32Array(side * side).fill(emptyCell);
  const nearest = new Float64Array(side * side).fill(Infinity);
  const places = toUnitSquare(points);
  for (let i = 0; 2 * i < places.length; i++) {
    const [x, y] = [places[2 * i] * side, places[2 * i + 1] * side];
    // The largest coordinate lies on the outer edge of the last cell.
    const [column, row] = [Math.min(side - 1, Math.floor(x)), Math.min(side - 1, Math.floor(y))];
    const fromCentre = Math.hypot(x - column - 0.5, y - row - 0.5);
    const cell = row * side + column;
    if (fromCentre >= nearest[cell]) continue;
    nearest[cell] = fromCentre;
    cells[cell] = i;
  }
  return cells;
}

/**
 * Points scaled evenly and moved so that they fill a unit square from side to side, one way at
 * least.
 */
function toUnitSquare(points: ArrayLike<number>): Float64Array {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % 2] = Math.min(low[i % 2], points[i]);
    high[i % 2] = Math.max(high[i % 2], points[i]);
  }
  const width = Math.max(high[0] - low[0], high[1] - low[1]);
  return Float64Array.from(points, (value, i) => {
    const middle = (low[i % 2] + high[i % 2]) / 2;
    return width === 0 ? 0.5 : 0.5 + (value - middle) / width;
  });
}
