import assert from "node:assert/strict";
import fc from "fast-check";
import { exchangedGroups } from "../../../src/sets/audit/exchanged_groups.ts";
import type { Attribute } from "../../../src/sets/attribute.ts";
import { drawTriplets } from "../../../src/sets/make/draw_triplets.ts";
import { randomBelow, randomUnit } from "../../../src/base/random.ts";

/** A notion of any kind over `images` images, and whether "alike" parts them into groups. */
interface Notion {
  readonly attribute: Attribute;
  readonly isParted: boolean;
}

function categorical(images: number, values: number, seed: number): Notion {
  const of = (image: number) => `v${Math.floor(values * randomUnit(seed, 1, image) ** 1.5)}`;
  const attribute: Attribute = {
    kind: "categorical",
    values: Array.from({ length: images }, (_, image) => of(image)),
  };
  return { attribute, isParted: true };
}

function ordinal(images: number, values: number, alike: number, seed: number): Notion {
  const attribute: Attribute = {
    kind: "ordinal",
    values: Array.from({ length: images }, (_, image) => randomBelow(seed, 2, image, values)),
    alike,
    unlike: alike + 1 + randomBelow(seed, 3, 0, 2),
  };
  return { attribute, isParted: alike === 0 };
}

function multi(images: number, values: number, seed: number): Notion {
  const attribute: Attribute = {
    kind: "multi",
    values: Array.from({ length: images }, (_, image) => {
      const count = 1 + randomBelow(seed, 4, image, 3);
      const some = Array.from({ length: count }, (_, i) => randomBelow(seed, 5 + i, image, values));
      return [...new Set(some)].map((value) => `t${value}`);
    }),
  };
  return { attribute, isParted: false };
}

function draw({ attribute }: Notion, images: number, count: number, seed: number): Uint32Array {
  const all = Uint32Array.from({ length: images }, (_, image) => image);
  return drawTriplets(attribute, all, { count, seed, stream: 1 });
}

/** The same lines with the second and third image exchanged. */
function exchanged(triplets: Uint32Array): Uint32Array {
  return triplets.map((_, at) => triplets[at % 3 === 0 ? at : at % 3 === 1 ? at + 1 : at - 1]);
}

/** As the fonts set: characters, typefaces, weights, two slants. */
const fontsLike: [name: string, notion: Notion][] = [
  ["62 characters", categorical(2000, 62, 1)],
  ["49 typefaces", categorical(2000, 49, 2)],
  ["nine weights, two steps apart", ordinal(2000, 9, 0, 3)],
  ["two slants", categorical(2000, 2, 4)],
];

for (const [name, notion] of fontsLike) {
  Deno.test(`exchangedGroups() tells a right list of ${name} from one that is exchanged`, () => {
    const right = draw(notion, 2000, 4000, 1);
    assert.equal(exchangedGroups(right, 2000), null);
    const found = exchangedGroups(exchanged(right), 2000)!;
    assert.equal(found.inside, 0);
    assert.ok(found.expected >= 20, JSON.stringify(found));
  });
}

Deno.test("exchangedGroups() accuses no right list, of whatever kind, size and skew", () => {
  const kinds = fc.record({
    kind: fc.constantFrom("categorical", "ordinal", "neighbours", "multi"),
    images: fc.integer({ min: 6, max: 400 }),
    values: fc.integer({ min: 2, max: 12 }),
    count: fc.integer({ min: 1, max: 3000 }),
    seed: fc.nat(10_000),
  });
  let parted = 0;
  fc.assert(
    fc.property(kinds, ({ kind, images, values, count, seed }) => {
      const notion = kind === "categorical"
        ? categorical(images, values, seed)
        : kind === "multi"
        ? multi(images, values, seed)
        : ordinal(images, values + 2, kind === "ordinal" ? 0 : 1, seed);
      let triplets: Uint32Array;
      try {
        triplets = draw(notion, images, count, seed);
      } catch {
        return; // Too few images for so many triplets.
      }
      assert.equal(exchangedGroups(triplets, images), null, `${kind}, ${triplets.length / 3}`);
      if (notion.isParted && exchangedGroups(exchanged(triplets), images) !== null) parted++;
    }),
    { numRuns: 300, seed: 1 },
  );
  assert.ok(parted > 50, `${parted} exchanged lists were found`);
});
