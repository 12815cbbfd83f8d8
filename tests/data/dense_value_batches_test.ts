import assert from "node:assert/strict";
import { DenseValueBatches, tripletsPerAnchor } from "../../src/data/dense_value_batches.ts";
import type { Attribute } from "../../src/data/draw_triplets.ts";
import { likeness } from "../../src/data/notions/likeness.ts";

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

Deno.test("DenseValueBatches has each image in one batch of the epoch", () => {
  const batches = new DenseValueBatches(images, attributes, options);
  const found: number[] = [];
  for (let index = 0; index < batches.length; index++) found.push(...batches.at(index).images);
  assert.deepEqual(found.sort((a, b) => a - b), [...images]);
});

Deno.test("DenseValueBatches forms triplets whose near image is alike and whose far one is unlike", () => {
  const { size, positions, notion, images: some } = new DenseValueBatches(
    images,
    attributes,
    options,
  )
    .at(1);
  assert.equal(positions!.length, 3 * size);
  for (let i = 0; i < size; i++) {
    const [anchor, far, near] = [0, 1, 2].map((role) => some[positions![role * size + i]]);
    assert.equal(likeness(attributes[notion[i]], anchor, near), "alike");
    assert.equal(likeness(attributes[notion[i]], anchor, far), "unlike");
    assert.notEqual(anchor, near);
  }
});

Deno.test("DenseValueBatches lets each image with a value anchor the same number of triplets of each notion", () => {
  const { notion, images: some } = new DenseValueBatches(images, attributes, options).at(0);
  const known = some.filter((image) => image % 7 !== 0).length;
  const counts = [0, 1, 2].map((row) => notion.filter((each) => each === row).length);
  assert.deepEqual(counts, [known, some.length, some.length].map((n) => n * tripletsPerAnchor));
});

Deno.test("DenseValueBatches gives the same batch for a seed and epoch, others for another epoch", () => {
  const batch = (epoch: number) =>
    new DenseValueBatches(images, attributes, { ...options, epoch }).at(1);
  assert.deepEqual(batch(3), batch(3));
  assert.notDeepEqual(batch(3), batch(4));
});

Deno.test("DenseValueBatches says what to do when no two images of a batch are alike", () => {
  const values = Array.from({ length: count }, (_, i) => `v${i}`);
  const batches = new DenseValueBatches(images, [{ kind: "categorical", values }], options);
  assert.throws(() => batches.at(0), /no two of them are alike by any notion; raise --batch-size/);
});
