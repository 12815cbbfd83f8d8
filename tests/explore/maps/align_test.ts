import assert from "node:assert/strict";
import { aligned, normalised } from "../../../src/explore/maps/align.ts";
import { randomNormal } from "../../../src/base/random.ts";

function points(count: number, seed: number): Float32Array {
  return Float32Array.from(
    { length: 2 * count },
    (_, at) => (1 + at % 2) * randomNormal(seed, 0, at),
  );
}

/** The points turned by `angle`, mirrored or not, made larger and moved. */
function moved(layout: Float32Array, angle: number, isMirrored: boolean): Float32Array {
  const result = new Float32Array(layout.length);
  for (let i = 0; i < layout.length; i += 2) {
    const [x, y] = [layout[i], isMirrored ? -layout[i + 1] : layout[i + 1]];
    result[i] = 5 + 3 * (Math.cos(angle) * x - Math.sin(angle) * y);
    result[i + 1] = -2 + 3 * (Math.sin(angle) * x + Math.cos(angle) * y);
  }
  return result;
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
}

Deno.test("aligned() finds a layout again that was turned, mirrored, enlarged and moved", () => {
  const reference = normalised(points(50, 1));
  for (const angle of [0, 0.3, 2, 3.1, 5]) {
    for (const isMirrored of [false, true]) {
      const found = aligned(moved(reference, angle, isMirrored), reference);
      assert.ok(distance(found, reference) < 1e-5, `${angle}, ${isMirrored}`);
    }
  }
});

Deno.test("aligned() lies no farther from the reference than any other turn of the layout", () => {
  const [reference, layout] = [normalised(points(40, 2)), points(40, 3)];
  const best = distance(aligned(layout, reference), reference);
  for (let step = 0; step < 360; step++) {
    for (const isMirrored of [false, true]) {
      const other = normalised(moved(layout, step * Math.PI / 180, isMirrored));
      assert.ok(best <= distance(other, reference) + 1e-6);
    }
  }
});

Deno.test("normalised() and aligned() leave points that are all one at 0", () => {
  const same = Float32Array.from([4, 5, 4, 5, 4, 5]);
  assert.deepEqual(normalised(same), new Float32Array(6));
  assert.deepEqual(aligned(same, new Float32Array(6)), new Float32Array(6));
  assert.ok(aligned(points(3, 1), new Float32Array(6)).every(Number.isFinite));
});
