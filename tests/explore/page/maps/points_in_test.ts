import assert from "node:assert/strict";
import {
  byDistance,
  nearestPoint,
  pointsInBox,
  pointsInPolygon,
} from "../../../../src/explore/page/maps/points_in.ts";

/** A grid of 10 by 10: point 10 y + x lies at (x, y). */
const grid = Float32Array.from({ length: 200 }, (_, at) => {
  return at % 2 === 0 ? (at >> 1) % 10 : Math.floor((at >> 1) / 10);
});

Deno.test("nearestPoint() gives the nearest within reach, of equally near ones the first", () => {
  assert.equal(nearestPoint(grid, [3.2, 4.4], 1), 43);
  assert.equal(nearestPoint(grid, [3.5, 4], 1), 43);
  assert.equal(nearestPoint(grid, [20, 20], 1), null);
  assert.equal(nearestPoint(grid, [10, 4], 1), 49);
});

Deno.test("pointsInPolygon() gives what lies inside, also of a shape with a bay", () => {
  const triangle = [[-0.5, -0.5], [2.6, -0.5], [-0.5, 2.6]] as const;
  assert.deepEqual(pointsInPolygon(grid, triangle), [0, 1, 2, 10, 11, 20]);
  const bay = [[-0.5, -0.5], [4.5, -0.5], [4.5, 2.5], [2, 0.5], [-0.5, 2.5]] as const;
  const found = pointsInPolygon(grid, bay);
  assert.ok(found.includes(10) && found.includes(14) && found.includes(2));
  assert.ok(!found.includes(12) && !found.includes(22));
  assert.deepEqual(pointsInPolygon(grid, triangle.slice(0, 2)), []);
});

Deno.test("pointsInBox() takes two corners in any order, its edges included", () => {
  assert.deepEqual(pointsInBox(grid, [2, 1], [1, 0]), [1, 2, 11, 12]);
  assert.deepEqual(pointsInBox(grid, [1.2, 1.2], [1.8, 1.8]), []);
});

Deno.test("byDistance() puts the nearest first", () => {
  assert.deepEqual(byDistance(grid, [9, 0, 11, 1], [1, 1]), [11, 1, 0, 9]);
});
