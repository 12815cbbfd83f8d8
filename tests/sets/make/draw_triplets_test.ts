import assert from "node:assert/strict";
import type { OrderedAttribute as Attribute } from "../../../src/sets/attribute.ts";
import { drawTriplets } from "../../../src/sets/make/draw_triplets.ts";
import { randomBelow } from "../../../src/base/random.ts";

const options = { seed: 1, stream: 7 };

/** Every triplet that the definition allows, by going through all of them: "anchor far near". */
function allTriplets(attribute: Attribute, images: readonly number[]): Set<string> {
  const known = images.filter((image) => {
    const value = attribute.values[image];
    return typeof value === "string" ? value !== "" : Number.isFinite(value);
  });
  const found = new Set<string>();
  for (const anchor of known) {
    for (const far of known) {
      for (const near of known) {
        if (
          near !== anchor && isAlike(attribute, anchor, near) && isUnlike(attribute, anchor, far)
        ) {
          found.add(`${anchor} ${far} ${near}`);
        }
      }
    }
  }
  return found;
}

function isAlike(attribute: Attribute, a: number, b: number): boolean {
  if (attribute.kind === "categorical") return attribute.values[a] === attribute.values[b];
  return Math.abs(attribute.values[a] - attribute.values[b]) <= attribute.alike;
}

function isUnlike(attribute: Attribute, a: number, b: number): boolean {
  if (attribute.kind === "categorical") return attribute.values[a] !== attribute.values[b];
  return Math.abs(attribute.values[a] - attribute.values[b]) >= attribute.unlike;
}

function lines(flat: Uint32Array): string[] {
  return Array.from({ length: flat.length / 3 }, (_, i) => flat.slice(3 * i, 3 * i + 3).join(" "));
}

/** How often each value stands in place 0 (anchor), 1 (far) or 2 (near). */
function tally(flat: Uint32Array, values: readonly unknown[], place: number): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (let i = place; i < flat.length; i += 3) {
    const value = values[flat[i]];
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** 400 images with values as unevenly spread as shoes are: half of them have the first value. */
const uneven: Attribute = {
  kind: "categorical",
  values: Array.from({ length: 400 }, (_, image) => {
    const chance = randomBelow(3, 0, image, 100);
    return chance < 50 ? "shoes" : chance < 80 ? "boots" : chance < 97 ? "sandals" : "slippers";
  }),
};
const all = Uint32Array.from({ length: 400 }, (_, image) => image);

const small: readonly [string, Attribute][] = [
  ["categories", { kind: "categorical", values: ["a", "b", "a", "", "c", "b", "a", "c", "c", ""] }],
  ["numbers, alike when equal", {
    kind: "ordinal",
    values: [100, 400, 400, 700, 100, NaN, 500, 700, 500, 100],
    alike: 0,
    unlike: 300,
  }],
  ["numbers with a distance", {
    kind: "ordinal",
    values: [0, 0.5, 1.1, 2, 2.4, NaN, 3, 3.3, 4, 4.9],
    alike: 1,
    unlike: 2,
  }],
];

for (const [name, attribute] of small) {
  Deno.test(`drawTriplets() can draw every triplet there is, and each once: ${name}`, () => {
    const images = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const expected = allTriplets(attribute, images);
    const drawn = lines(
      drawTriplets(attribute, Uint32Array.from(images), { count: expected.size, ...options }),
    );
    assert.deepEqual(drawn.sort(), [...expected].sort());
    // No more can be had than there are.
    for (const sampling of ["balanced", "uniform"] as const) {
      const more = drawTriplets(attribute, Uint32Array.from(images), {
        count: expected.size + 9,
        ...options,
        sampling,
      });
      assert.deepEqual(lines(more).sort(), [...expected].sort());
    }
  });
}

Deno.test("drawTriplets() draws only from the given images, all different and none contradicting", () => {
  const images = all.filter((image) => image % 3 !== 0);
  const flat = drawTriplets(uneven, images, { count: 3000, ...options });
  const drawn = new Set(lines(flat));
  assert.equal(drawn.size, 3000);
  assert.ok(flat.every((image) => image % 3 !== 0));
  for (let i = 0; i < flat.length; i += 3) {
    const [anchor, far, near] = flat.subarray(i, i + 3);
    assert.notEqual(anchor, near);
    assert.ok(isAlike(uneven, anchor, near) && isUnlike(uneven, anchor, far));
    assert.ok(!drawn.has(`${anchor} ${near} ${far}`));
  }
});

Deno.test("drawTriplets() has every value equally often as anchor, far and near", () => {
  // 8000 draws: rare slippers give few different triplets, but enough.
  const flat = drawTriplets(uneven, all, { count: 8000, ...options });
  for (const place of [0, 1, 2]) {
    const counts: number[] = [...tally(flat, uneven.values, place).values()];
    assert.equal(counts.length, 4);
    // Half of a value's 2000 are its turns, the others are drawn: their standard deviation is below 35.
    for (const count of counts) assert.ok(Math.abs(count - 2000) < 140, `${place}: ${counts}`);
  }
});

Deno.test("drawTriplets() has each value as often alike as unlike, so no value tells the side", () => {
  const weights: Attribute = {
    kind: "ordinal",
    values: Array.from({ length: 400 }, (_, image) => 100 * (1 + randomBelow(4, 0, image, 9))),
    alike: 0,
    unlike: 300,
  };
  for (const attribute of [uneven, weights]) {
    const flat = drawTriplets(attribute, all, { count: 4000, ...options });
    const [far, near] = [tally(flat, attribute.values, 1), tally(flat, attribute.values, 2)];
    assert.deepEqual([...far].sort(), [...near].sort());
  }
});

Deno.test("drawTriplets() leaves out values that cannot stand on both sides", () => {
  // "lonely" has no partner; 450 is unlike nothing.
  const categories: Attribute = { kind: "categorical", values: ["a", "a", "b", "b", "lonely"] };
  const flat = drawTriplets(categories, Uint32Array.of(0, 1, 2, 3, 4), { count: 8, ...options });
  assert.ok(!flat.includes(4));
  const numbers: Attribute = {
    kind: "ordinal",
    values: [300, 300, 450, 450, 600, 600],
    alike: 0,
    unlike: 300,
  };
  assert.equal(
    drawTriplets(numbers, Uint32Array.of(0, 1, 2, 3, 4, 5), { count: 9, ...options }).length,
    24,
  );
});

Deno.test("drawTriplets() depends on seed and stream, and on nothing else", () => {
  const draw = (seed: number, stream: number) =>
    lines(drawTriplets(uneven, all, { count: 50, seed, stream })).join();
  assert.equal(draw(1, 1), draw(1, 1));
  assert.notEqual(draw(1, 1), draw(2, 1));
  assert.notEqual(draw(1, 1), draw(1, 2));
});

Deno.test("drawTriplets() refuses distances that contradict each other, and gives none where there is none", () => {
  for (const [alike, unlike] of [[1, 1], [-1, 1], [2, 1], [NaN, 1], [0, NaN]]) {
    const attribute: Attribute = { kind: "ordinal", values: [1, 1, 2, 2], alike, unlike };
    assert.throws(
      () => drawTriplets(attribute, Uint32Array.of(0, 1, 2, 3), { count: 1, ...options }),
      /larger one/,
    );
  }
  const same: Attribute = { kind: "categorical", values: ["a", "a", "a"] };
  assert.equal(drawTriplets(same, Uint32Array.of(0, 1, 2), { count: 1, ...options }).length, 0);
  assert.equal(drawTriplets(same, new Uint32Array(0), { count: 1, ...options }).length, 0);
});

Deno.test("drawTriplets(), uniform, gives every triplet the same chance", () => {
  const attribute = small[2][1];
  const images = Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  const possible = allTriplets(attribute, [...images]);
  const counts = new Map([...possible].map((line) => [line, 0]));
  const draws = 200 * possible.size;
  for (let stream = 0; stream < draws; stream++) {
    const [line] = lines(
      drawTriplets(attribute, images, { count: 1, seed: 3, stream, sampling: "uniform" }),
    );
    counts.set(line, counts.get(line)! + 1);
  }
  // Each is drawn 200 times in the mean with a standard deviation of 14; chi^2 has a mean of n - 1.
  const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
  const freedom = possible.size - 1;
  assert.ok(chi2 < freedom + 5 * Math.sqrt(2 * freedom), `${chi2} of ${freedom}`);
});

Deno.test("drawTriplets() begins its turns at any value, so that short lists favour none", () => {
  const values = Array.from({ length: 12 }, (_, image) => "abcd"[image % 4]);
  const anchors = Array.from({ length: 40 }, (_, stream) => {
    const images = Uint32Array.from(values.keys());
    const [anchor] = drawTriplets({ kind: "categorical", values }, images, {
      count: 1,
      seed: 1,
      stream,
    });
    return values[anchor];
  });
  for (const value of "abcd") {
    const count = anchors.filter((anchor) => anchor === value).length;
    assert.ok(count >= 3, `${count} of 40 begin with ${value}`);
  }
});
