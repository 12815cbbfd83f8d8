import assert from "node:assert/strict";
import {
  DenseValueBatches,
  tripletsPerAnchor,
} from "../../../src/training/batches/dense_value_batches.ts";
import type { Batch } from "../../../src/training/batches/batches.ts";
import type { Attribute } from "../../../src/sets/attribute.ts";
import { likeness } from "../../../src/sets/make/notions/likeness.ts";
import { randomBelow, streamFor } from "../../../src/base/random.ts";

const options = { batchSize: 8, seed: 1, epoch: 1, shuffle: true, flip: false };
const count = 100;
const attributes: readonly Attribute[] = [
  {
    kind: "categorical",
    values: Array.from({ length: count }, (_, i) => i % 7 ? `v${i % 3}` : ""),
  },
  { kind: "multi", values: Array.from({ length: count }, (_, i) => [`a${i % 4}`, `b${i % 5}`]) },
  { kind: "ordinal", values: Array.from({ length: count }, (_, i) => i % 9), alike: 1, unlike: 4 },
];
const images = Uint32Array.from({ length: 90 }, (_, i) => i + 5);

/** Every batch of an epoch, those without a triplet left out. */
async function all(batches: DenseValueBatches): Promise<Batch[]> {
  const found: Batch[] = [];
  for (let index = 0; index < batches.length; index++) {
    const batch = await batches.at(index);
    if (batch !== null) found.push(batch);
  }
  return found;
}

Deno.test("DenseValueBatches has each image in one batch of the epoch", async () => {
  const batches = new DenseValueBatches(images, attributes, options);
  const found = (await all(batches)).flatMap(({ images }) => [...images]);
  assert.deepEqual(found.sort((a, b) => a - b), [...images]);
});

Deno.test("DenseValueBatches has at most 3 batchSize images in a batch, and sizes that differ by one", async () => {
  for (let count = 1; count <= 60; count++) {
    const some = images.subarray(0, count);
    const batches = new DenseValueBatches(some, attributes, { ...options, batchSize: 3 });
    assert.equal(batches.length, Math.ceil(count / 9));
    const sizes = (await all(batches)).map(({ images }) => images.length);
    assert.ok(Math.max(...sizes, 0) <= 9, `${count} images: ${sizes}`);
    assert.ok(Math.max(...sizes, 0) - Math.min(...sizes, 9) <= 1 || sizes.length < batches.length);
  }
});

Deno.test("DenseValueBatches cuts an epoch that goes on as it was cut", async () => {
  const batches = new DenseValueBatches(images.subarray(0, 13), attributes, {
    ...{ ...options, batchSize: 3 },
    batches: 1,
  });
  assert.deepEqual((await all(batches)).map(({ images }) => images.length), [13]);
});

/** The triplets of a batch by the definition: each anchor's, of all images alike and unlike in their order. */
function naive(images: Uint32Array, seed: number, epoch: number): string[] {
  const found: string[] = [];
  for (const [row, attribute] of attributes.entries()) {
    for (const anchor of images) {
      const those = (wanted: string) =>
        [...images].filter((other) =>
          other !== anchor && likeness(attribute, anchor, other) === wanted
        );
      const [near, far] = [those("alike"), those("unlike")];
      if (near.length === 0 || far.length === 0) continue;
      for (let draw = 0; draw < tripletsPerAnchor; draw++) {
        const at = 2 * ((anchor * attributes.length + row) * tripletsPerAnchor + draw);
        const pick = (some: number[], index: number) =>
          some[randomBelow(seed, streamFor("dense", epoch), index, some.length)];
        found.push([row, anchor, pick(far, at), pick(near, at + 1)].join());
      }
    }
  }
  return found;
}

Deno.test("DenseValueBatches draws what a naive loop over all pairs of images draws", async () => {
  for (const seed of [1, 2]) {
    const batches = new DenseValueBatches(images, attributes, { ...options, seed, epoch: 5 });
    for (const { images: some, positions, notion, size } of await all(batches)) {
      const found = Array.from(notion, (row, i) => {
        const roles = [0, 1, 2].map((role) => some[positions![role * size + i]]);
        return [row, ...roles].join();
      });
      assert.deepEqual(found, naive(some, seed, 5));
    }
  }
});

Deno.test("DenseValueBatches lets each image with a value anchor the same number of triplets of each notion", async () => {
  const batches = new DenseValueBatches(images, attributes, options);
  const { notion, images: some } = (await batches.at(0))!;
  const known = some.filter((image) => image % 7 !== 0).length;
  const counts = [0, 1, 2].map((row) => notion.filter((each) => each === row).length);
  assert.deepEqual(counts, [known, some.length, some.length].map((n) => n * tripletsPerAnchor));
});

Deno.test("DenseValueBatches gives the same batch for a seed and epoch, others for another epoch", async () => {
  const batch = (epoch: number) =>
    new DenseValueBatches(images, attributes, { ...options, epoch }).at(1);
  assert.deepEqual(await batch(3), await batch(3));
  assert.notDeepEqual(await batch(3), await batch(4));
});

Deno.test("DenseValueBatches gives no batch where no two images are alike", async () => {
  const values = Array.from({ length: count }, (_, i) => `v${i}`);
  const batches = new DenseValueBatches(images, [{ kind: "categorical", values }], options);
  assert.equal(await batches.at(0), null);
});

Deno.test("DenseValueBatches lets the event loop turn while it compares many different values", async () => {
  const many = 6000;
  const batches = new DenseValueBatches(
    Uint32Array.from({ length: many }, (_, image) => image),
    [0, 1, 2].map((row) => ({
      kind: "ordinal",
      values: Array.from({ length: many }, (_, image) => randomBelow(1, row, image, 1e9)),
      alike: 1e7,
      unlike: 1e8,
    })),
    { ...options, batchSize: many },
  );
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const batch = await batches.at(0);
  clearInterval(timer);
  assert.equal(batch!.images.length, many);
  assert.ok(turns > 10, `the event loop turned ${turns} times`);
});
