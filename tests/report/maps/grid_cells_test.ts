import assert from "node:assert/strict";
import { emptyCell, gridCells } from "../../../src/report/maps/grid_cells.ts";

Deno.test("gridCells() shows in each cell the point nearest to its centre, by hand", () => {
  // On a square from 0 to 10, cells are 5 wide; their centres lie at 2.5 and 7.5.
  const points = [
    ...[0, 0],
    ...[2, 3],
    ...[10, 0],
    ...[9, 4],
    ...[10, 10],
  ];
  assert.deepEqual([...gridCells(points, 2)], [1, 3, emptyCell, 4]);
});

Deno.test("gridCells() keeps the first of points that lie equally near to a centre", () => {
  const points = [0, 0, 0, 4, 4, 0, 4, 4];
  assert.deepEqual([...gridCells(points, 1)], [0]);
  assert.deepEqual([...gridCells([4, 4, ...points.slice(0, 6)], 1)], [0]);
});

Deno.test("gridCells() does not stretch what is flat, and puts equal points into the middle", () => {
  assert.deepEqual(
    [...gridCells([0, 7, 1, 7, 2, 7], 3)],
    [emptyCell, emptyCell, emptyCell, 0, 1, 2, emptyCell, emptyCell, emptyCell],
  );
  const same = gridCells([5, 5, 5, 5], 3);
  assert.deepEqual([same[4], same.filter((cell) => cell !== emptyCell).length], [0, 1]);
});
