import assert from "node:assert/strict";
import { placeNear } from "../../../src/explore/maps/place_near.ts";
import { shownRows } from "../../../src/explore/maps/shown_rows.ts";
import { randomNormal } from "../../../src/base/random.ts";

const dimension = 5;

/** Points around three centres: point i is of group i mod 3. */
const points = Float32Array.from(
  { length: 300 * dimension },
  (_, at) => (at % dimension === Math.floor(at / dimension) % 3 ? 30 : 0) + randomNormal(1, 0, at),
);

const sample = Uint32Array.from({ length: 60 }, (_, i) => 5 * i);

/** Groups far from each other, points of a group near each other. */
const layout = Float32Array.from(
  { length: 120 },
  (_, at) => 20 * (sample[at >> 1] % 3) * (at % 2 === 0 ? 1 : 0.5) + randomNormal(2, 0, at),
);

Deno.test("placeNear() leaves the sample in its places, and puts others among their own group", async () => {
  const counts: number[] = [];
  const places = await placeNear(points, dimension, { sample, layout }, {
    seed: 1,
    onPlaced: (done) => counts.push(done),
  });
  assert.equal(places.length, 600);
  sample.forEach((point, at) => {
    assert.deepEqual(places.slice(2 * point, 2 * point + 2), layout.slice(2 * at, 2 * at + 2));
  });
  for (let point = 0; point < 300; point++) {
    const nearestGroup = Math.abs(Math.round(places[2 * point] / 20));
    assert.equal(nearestGroup, point % 3, `point ${point} at ${places[2 * point]}`);
  }
  assert.deepEqual(counts, [240]);
});

Deno.test("placeNear() is the same to the bit by the same seed, and hides no equal point behind another", async () => {
  const equal = new Float32Array(300 * dimension).fill(1);
  const once = await placeNear(equal, dimension, { sample, layout }, { seed: 1 });
  assert.deepEqual(await placeNear(equal, dimension, { sample, layout }, { seed: 1 }), once);
  assert.notDeepEqual(await placeNear(equal, dimension, { sample, layout }, { seed: 2 }), once);
  assert.ok(once.every(Number.isFinite));
  const places = Array.from({ length: 300 }, (_, i) => `${once[2 * i]} ${once[2 * i + 1]}`);
  assert.equal(new Set(places).size, 300);
});

Deno.test("shownRows() shows all known rows, or so many of them at most", () => {
  const vectors = Float32Array.from({ length: 40 }, (_, at) => at);
  vectors[5] = NaN;
  vectors[20] = Infinity;
  const all = shownRows(vectors, 4);
  assert.deepEqual(all, { rows: Uint32Array.from([0, 2, 3, 4, 6, 7, 8, 9]), of: 8 });
  const some = shownRows(vectors, 4, { most: 5, seed: 3 });
  assert.equal(some.of, 8);
  assert.equal(some.rows.length, 5);
  assert.deepEqual(some.rows, Uint32Array.from(new Set(some.rows)).sort());
  assert.ok(some.rows.every((row) => all.rows.includes(row)));
});
