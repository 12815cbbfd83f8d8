import assert from "node:assert/strict";
import { DenseListBatches } from "../../../src/training/batches/dense_list_batches.ts";
import type { Triplets } from "../../../src/sets/triplets.ts";
import { randomBelow } from "../../../src/base/random.ts";

const options = { batchSize: 8, seed: 1, epoch: 1, shuffle: true, flip: true };

Deno.test("DenseListBatches has every triplet of the lists in one batch of the epoch", async () => {
  const triplets = someTriplets(200, 60);
  const found = everyTriplet(await DenseListBatches.pack(triplets, options));
  assert.deepEqual(found.sort(), textsOf(triplets).sort());
});

Deno.test("DenseListBatches embeds no image of a batch twice, and at most 3 batchSize images", async () => {
  const batches = await DenseListBatches.pack(someTriplets(200, 60), options);
  for (let index = 0; index < batches.length; index++) {
    const { images } = batches.at(index);
    assert.equal(new Set(images).size, images.length);
    assert.ok(images.length <= 24, `batch ${index} has ${images.length} images`);
  }
});

Deno.test("DenseListBatches embeds fewer images than three a triplet where triplets share images", async () => {
  const batches = await DenseListBatches.pack(someTriplets(200, 60), options);
  let images = 0;
  for (let index = 0; index < batches.length; index++) images += batches.at(index).images.length;
  assert.ok(images < 300, `${images} images for 200 triplets`);
});

Deno.test("DenseListBatches gives the same batches for a seed and epoch, others for another epoch", async () => {
  const triplets = someTriplets(200, 60);
  const batch = async (epoch: number) =>
    (await DenseListBatches.pack(triplets, { ...options, epoch })).at(2);
  assert.deepEqual(await batch(1), await batch(1));
  assert.notDeepEqual(await batch(1), await batch(2));
});

Deno.test("DenseListBatches takes triplets that have no image in common", async () => {
  const images = Uint32Array.from({ length: 60 }, (_, i) => i);
  const triplets = { notions: ["a"], images, notion: new Uint8Array(20) } as unknown as Triplets;
  const batches = await DenseListBatches.pack(triplets, options);
  assert.equal(batches.length, 3);
  assert.equal(everyTriplet(batches).length, 20);
});

function someTriplets(count: number, images: number): Triplets {
  return {
    notions: ["a", "b"],
    images: Uint32Array.from({ length: 3 * count }, (_, i) => randomBelow(7, 1, i, images)),
    notion: Uint8Array.from({ length: count }, (_, i) => i % 2),
    dropped: 0,
    perNotion: [],
  };
}

function textsOf({ images, notion }: Triplets): string[] {
  return Array.from(notion, (row, i) => [row, ...images.subarray(3 * i, 3 * i + 3)].join());
}

function everyTriplet(batches: DenseListBatches): string[] {
  const texts: string[] = [];
  for (let index = 0; index < batches.length; index++) {
    const { size, images, positions, notion } = batches.at(index);
    for (let i = 0; i < size; i++) {
      const roles = [0, 1, 2].map((role) => images[positions![role * size + i]]);
      texts.push([notion[i], ...roles].join());
    }
  }
  return texts;
}
