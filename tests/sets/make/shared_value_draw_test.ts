import assert from "node:assert/strict";
import type { MultiAttribute } from "../../../src/sets/attribute.ts";
import { drawTriplets } from "../../../src/sets/make/draw_triplets.ts";
import { randomBelow } from "../../../src/base/random.ts";

/** Whether two images have a value in common. */
function shares({ values }: MultiAttribute, a: number, b: number): boolean {
  return values[a].some((value) => values[b].includes(value));
}

/** Every triplet there is: "anchor far near". */
function allTriplets(attribute: MultiAttribute): Set<string> {
  const { values } = attribute;
  const known = [...values.keys()].filter((image) => values[image].length > 0);
  const found = new Set<string>();
  for (const anchor of known) {
    for (const far of known) {
      for (const near of known) {
        if (near !== anchor && shares(attribute, anchor, near) && !shares(attribute, anchor, far)) {
          found.add(`${anchor} ${far} ${near}`);
        }
      }
    }
  }
  return found;
}

function lines(flat: Uint32Array): string[] {
  return Array.from({ length: flat.length / 3 }, (_, i) => flat.slice(3 * i, 3 * i + 3).join(" "));
}

function images({ values }: MultiAttribute): Uint32Array {
  return Uint32Array.from(values.keys());
}

const small: MultiAttribute = {
  kind: "multi",
  values: [["a", "b"], ["b"], [], ["c"], ["a", "c"], ["d", "b"], ["d"], ["a"], ["c", "d"], []],
};

/** 300 images with one to three of eight values. */
const large: MultiAttribute = {
  kind: "multi",
  values: Array.from({ length: 300 }, (_, image) => {
    const count = 1 + randomBelow(5, 0, image, 3);
    return [
      ...new Set(
        Array.from({ length: count }, (_, i) => "abcdefgh"[randomBelow(5, 1 + i, image, 8)]),
      ),
    ];
  }),
};

for (const sampling of ["balanced", "uniform"] as const) {
  Deno.test(`drawTriplets() of several values can draw every triplet there is, and each once: ${sampling}`, () => {
    const expected = allTriplets(small);
    const drawn = drawTriplets(small, images(small), {
      count: expected.size + 5,
      seed: 1,
      stream: 0,
      sampling,
    });
    assert.deepEqual(lines(drawn).sort(), [...expected].sort());
  });

  Deno.test(`drawTriplets() of several values draws different triplets that obey the rule: ${sampling}`, () => {
    const drawn = lines(
      drawTriplets(large, images(large), { count: 5000, seed: 1, stream: 0, sampling }),
    );
    assert.equal(new Set(drawn).size, 5000);
    for (const line of drawn) {
      const [anchor, far, near] = line.split(" ").map(Number);
      assert.ok(near !== anchor && shares(large, anchor, near), line);
      assert.ok(large.values[far].length > 0 && !shares(large, anchor, far), line);
    }
  });
}

Deno.test("drawTriplets() of several values, uniform, gives every triplet the same chance", () => {
  const possible = allTriplets(small);
  const counts = new Map([...possible].map((line) => [line, 0]));
  for (let stream = 0; stream < 100 * possible.size; stream++) {
    const [line] = lines(
      drawTriplets(small, images(small), { count: 1, seed: 3, stream, sampling: "uniform" }),
    );
    counts.set(line, counts.get(line)! + 1);
  }
  const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
  const freedom = possible.size - 1;
  assert.ok(chi2 < freedom + 5 * Math.sqrt(2 * freedom), `${chi2} of ${freedom}`);
});

Deno.test("drawTriplets() of several values, balanced, shares every value about equally often", () => {
  // One value in ten has half of the images.
  const values = Array.from(
    { length: 400 },
    (_, image) => image % 2 === 0 ? ["common"] : [`rare${image % 9}`],
  );
  const flat = drawTriplets({ kind: "multi", values }, Uint32Array.from(values.keys()), {
    count: 4000,
    seed: 1,
    stream: 0,
  });
  const counts = new Map<string, number>();
  for (let i = 0; i < flat.length; i += 3) {
    const [value] = values[flat[i]];
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  assert.equal(counts.size, 10);
  for (const count of counts.values()) assert.ok(Math.abs(count - 400) < 100, `${[...counts]}`);
});

Deno.test("drawTriplets() of several values has none where all images share one", () => {
  const values = [["a"], ["a", "b"], ["a", "c"]];
  const drawn = drawTriplets({ kind: "multi", values }, Uint32Array.of(0, 1, 2), {
    count: 3,
    seed: 1,
    stream: 0,
  });
  assert.equal(drawn.length, 0);
});
