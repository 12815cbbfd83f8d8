import assert from "node:assert/strict";
import { randomNormal } from "../../src/base/random.ts";
import { ImageVariance } from "../../src/statistics/image_variance.ts";
import { SharedImages } from "../../src/statistics/shared_images.ts";
import {
  type FamilyMember,
  lengthened,
  simultaneousFactor,
} from "../../src/statistics/simultaneous.ts";

const n = 300;
const images = new ImageVariance(
  new SharedImages(Uint32Array.from({ length: 3 * n }, (_, i) => i)),
);

/** A difference of `runs` runs; members of one `seed` are the same. */
function member(seed: number, pair: readonly [number, number], runs = 1): FamilyMember {
  return {
    sample: {
      runs: Array.from(
        { length: runs },
        (_, run) => Float64Array.from({ length: n }, (_, t) => randomNormal(seed, run, t)),
      ),
      images,
    },
    pair,
    notion: 0,
  };
}

const options = { seed: 1, notions: [n], replicates: 4000 };

Deno.test("simultaneousFactor() leaves one difference its own interval, and copies of it too", () => {
  const one = simultaneousFactor([member(1, [0, 1])], options);
  assert.ok(one >= 1 && one < 1.05, `${one}`);
  const copies = Array.from({ length: 10 }, () => member(1, [0, 1]));
  assert.equal(simultaneousFactor(copies, options), one);
});

Deno.test("simultaneousFactor() of independent differences is that of the largest of so many normal deviates", () => {
  // 10 of them stay within 2.80 deviations with 95 %: (1 - 0.0051)^10.
  const ten = Array.from({ length: 10 }, (_, i) => member(1 + i, [2 * i, 2 * i + 1]));
  const found = simultaneousFactor(ten, options);
  assert.ok(Math.abs(found / (2.8 / 1.96) - 1) < 0.04, `${found}`);
});

Deno.test("simultaneousFactor() is larger where few runs let their variance scatter", () => {
  const of = (runs: number) =>
    simultaneousFactor(
      Array.from({ length: 6 }, (_, i) => {
        const each = member(1 + i, [2 * i, 2 * i + 1], runs);
        // Runs that differ as a whole, far more than their triplets do.
        const shifted = each.sample.runs.map((run, place) =>
          Float64Array.from(run, (value) => value + 3 * randomNormal(50 + i, 1, place))
        );
        return { ...each, sample: { ...each.sample, runs: shifted } };
      }),
      options,
    );
  assert.ok(of(3) > 1.2 * of(10), `${of(3)}, ${of(10)}`);
});

Deno.test("lengthened() keeps the value and stretches both sides", () => {
  const { value, low, high } = lengthened({ value: 1, low: 0.5, high: 2 }, 2);
  assert.deepEqual([value, low, high], [1, 0, 3]);
});
