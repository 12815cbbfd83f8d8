import assert from "node:assert/strict";
import { layOut } from "../../../src/report/maps/lay_out.ts";
import { defaultLayout } from "../../../src/report/maps/layout_settings.ts";
import type { LayoutTask } from "../../../src/report/maps/layout_task.ts";
import { layOutAll } from "../../../src/report/maps/lay_out_all.ts";
import { nearestRows } from "../../../src/analysis/nearest_rows.ts";
import { principalPlane } from "../../../src/report/maps/principal_plane.ts";
import { randomNormal } from "../../../src/base/random.ts";

const dimension = 6;

/** Points [count, dimension] around three centres far from each other: point i belongs to centre i mod 3. */
function groups(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count * dimension }, (_, at) => {
    const [point, axis] = [Math.floor(at / dimension), at % dimension];
    return (axis === point % 3 ? 20 : 0) + randomNormal(seed, 0, at);
  });
}

function task(points: Float32Array, seed = 1): LayoutTask {
  return { points, dimension, settings: { ...defaultLayout, seed } };
}

Deno.test("layOut() keeps groups together, each nearer to itself than to the others", () => {
  const layout = layOut(groups(90), dimension, { ...defaultLayout, seed: 1 });
  const { rows } = nearestRows(layout, 2, 6);
  for (const [point, nearest] of rows.entries()) {
    assert.deepEqual(new Set(nearest.map((each) => each % 3)), new Set([point % 3]));
  }
});

Deno.test("layOut() is the same to the bit by the same seed, another by another", () => {
  const points = groups(60);
  const layout = layOut(points, dimension, { ...defaultLayout, seed: 1 });
  assert.deepEqual(layOut(points, dimension, { ...defaultLayout, seed: 1 }), layout);
  assert.notDeepEqual(layOut(points, dimension, { ...defaultLayout, seed: 2 }), layout);
});

Deno.test("layOut() places few points, and equal ones, at finite places", () => {
  for (const count of [1, 2, 4, 5, 6, 17]) {
    const layout = layOut(groups(count), dimension, { ...defaultLayout, seed: 1 });
    assert.equal(layout.length, 2 * count);
    assert.ok(layout.every(Number.isFinite), `${count} points`);
  }
  const same = layOut(new Float32Array(20 * dimension), dimension, { ...defaultLayout, seed: 1 });
  assert.ok(same.every(Number.isFinite));
});

Deno.test("layOutAll() lays out in threads what layOut() does here, each task in its place", async () => {
  const tasks = [task(groups(310)), task(groups(12)), task(groups(320, 2), 7)];
  let done = 0;
  const layouts = await layOutAll(tasks, { threads: 2, onDone: () => done++ });
  assert.equal(done, 3);
  for (const [place, { points, settings }] of tasks.entries()) {
    assert.deepEqual(layouts[place], layOut(points, dimension, settings));
  }
});

Deno.test("layOutAll() stops when it is told to, with the signal's reason", async () => {
  const stop = new AbortController();
  const layouts = layOutAll([task(groups(400))], { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(layouts, /enough/);
});

Deno.test("nearestRows() gives what sorting all distances gives", () => {
  const points = groups(40);
  const { rows, distances } = nearestRows(points, dimension, 7);
  for (let i = 0; i < 40; i++) {
    const all = Array.from({ length: 40 }, (_, j) => {
      let sum = 0;
      for (let d = 0; d < dimension; d++) {
        sum += (points[i * dimension + d] - points[j * dimension + d]) ** 2;
      }
      return { j, distance: Math.sqrt(sum) };
    }).sort((a, b) => a.distance - b.distance || a.j - b.j).slice(0, 7);
    assert.deepEqual(rows[i], all.map(({ j }) => j));
    assert.deepEqual(distances[i], all.map(({ distance }) => distance));
  }
  assert.deepEqual(nearestRows(Float32Array.of(3, 4), 2, 5), { rows: [[0]], distances: [[0]] });
});

Deno.test("principalPlane() gives coordinates along the axes of greatest variance", () => {
  // Along (3, 4) / 5 points lie at -2, 0, 2 times 5; along (-4, 3) / 5 at 1, -2, 1 times 0.5.
  const points = Float32Array.from(
    [[-2, 1], [0, -2], [2, 1]].flatMap((
      [along, across],
    ) => [3 * along - 0.4 * across + 7, 4 * along + 0.3 * across - 1]),
  );
  const plane = principalPlane(points, 2);
  const expected = [-10, 0.5, 0, -1, 10, 0.5];
  // The second axis points to where its larger loading is positive: the first coordinate, against "across".
  const signed = expected.map((value, i) => i % 2 === 1 ? -value : value);
  plane.forEach((value, i) => assert.ok(Math.abs(value - signed[i]) < 1e-5, [...plane].join()));
  assert.deepEqual([...principalPlane(new Float32Array(6), 3)], [0, 0, 0, 0]);
});
