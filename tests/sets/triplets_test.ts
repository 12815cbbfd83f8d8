import assert from "node:assert/strict";
import type { ImageSet } from "../../src/sets/image_set.ts";
import type { ExcludedTriplets } from "../../src/sets/excluded_triplets.ts";
import { loadTriplets, type Triplets } from "../../src/sets/triplets.ts";
import { CsnError, UsageError } from "../../src/base/errors.ts";
import { fileNames, temporaryFolder, writeSet } from "../helpers/temporary_set.ts";

/** `count` different triplets of 100 images; those of another `kind` differ. */
function someTriplets(count: number, kind: number): number[] {
  return Array.from({ length: count }, (_, i) => [kind, 10 + i, 99 - kind]).flat();
}

/** A set with lists of the given lengths, one a notion. */
function setOf(folder: string, lengths: Record<string, number>): Promise<ImageSet> {
  const lists = Object.entries(lengths)
    .map(([notion, count], kind) => [notion, someTriplets(count, kind)] as const);
  return writeSet(folder, fileNames(100), {
    notions: Object.keys(lengths),
    triplets: Object.fromEntries(lists),
  });
}

/** The triplets of one row, a text each. */
function ofRow({ images, notion }: Triplets, row: number): string[] {
  return Array.from(notion.keys())
    .filter((i) => notion[i] === row)
    .map((i) => images.subarray(3 * i, 3 * i + 3).join(" "));
}

Deno.test("loadTriplets() takes every line in order without a total", async () => {
  await using folder = await temporaryFolder();
  const set = await setOf(folder.path, { a: 5, b: 3 });
  const triplets = await loadTriplets(set, "val", { seed: 1 });
  assert.deepEqual(triplets.notions, ["a", "b"]);
  assert.deepEqual(Array.from(triplets.images), [...someTriplets(5, 0), ...someTriplets(3, 1)]);
  assert.deepEqual(Array.from(triplets.notion), [0, 0, 0, 0, 0, 1, 1, 1]);
  assert.equal(triplets.dropped, 0);
  assert.deepEqual(triplets.perNotion, [
    { name: "a", triplets: 5, listed: 5, dropped: 0, excluded: 0, shortfall: 0 },
    { name: "b", triplets: 3, listed: 3, dropped: 0, excluded: 0, shortfall: 0 },
  ]);
});

Deno.test("loadTriplets() shares a total out exactly, and a subset takes its share", async () => {
  await using folder = await temporaryFolder();
  const set = await setOf(folder.path, { a: 60, b: 60, c: 60, d: 60 });
  const counts = async (total: number, notions?: string[]) => {
    const { perNotion } = await loadTriplets(set, "train", { seed: 1, total, notions });
    return perNotion.map(({ triplets }) => triplets);
  };
  assert.deepEqual(await counts(80), [20, 20, 20, 20]);
  assert.deepEqual(await counts(83), [21, 21, 21, 20]);
  assert.deepEqual(await counts(80, ["c"]), [20]);
  assert.deepEqual(await counts(80, ["b", "d"]), [20, 20]);
  // int(81 * 3 / 4) = 60, as the reference code.
  assert.deepEqual(await counts(81, ["a", "b", "c"]), [20, 20, 20]);
  assert.deepEqual(await counts(83, ["b", "d"]), [21, 20]);
});

Deno.test("loadTriplets() picks by seed and notion, whatever other notions are chosen", async () => {
  await using folder = await temporaryFolder();
  const set = await setOf(folder.path, { a: 60, b: 60 });
  const load = (seed: number, total: number, notions?: string[]) =>
    loadTriplets(set, "train", { seed, total, notions });
  const both = await load(1, 40);
  assert.equal(new Set(ofRow(both, 1)).size, 20);
  for (const line of ofRow(both, 1)) assert.match(line, /^1 \d+ 98$/);
  assert.deepEqual(ofRow(await load(1, 40, ["b"]), 0), ofRow(both, 1));
  assert.deepEqual(ofRow(await load(1, 40, ["b", "a"]), 0), ofRow(both, 1));
  assert.notDeepEqual(ofRow(await load(2, 40), 1), ofRow(both, 1));
  // The notions do not pick the same lines of their lists.
  const places = (row: number) => ofRow(both, row).map((line) => line.split(" ")[1]);
  assert.notDeepEqual(places(0), places(1));
  // A smaller total takes a part of what a greater one takes.
  assert.deepEqual(ofRow(await load(1, 20), 1), ofRow(both, 1).slice(0, 10));
});

Deno.test("loadTriplets() says by how much a list is too short", async () => {
  await using folder = await temporaryFolder();
  const set = await setOf(folder.path, { a: 60, b: 7 });
  const { perNotion, notion } = await loadTriplets(set, "train", { seed: 1, total: 40 });
  assert.deepEqual(perNotion, [
    { name: "a", triplets: 20, listed: 60, dropped: 0, excluded: 0, shortfall: 0 },
    { name: "b", triplets: 7, listed: 7, dropped: 0, excluded: 0, shortfall: 13 },
  ]);
  assert.equal(notion.length, 27);
});

Deno.test("loadTriplets() drops and counts triplets with an unusable image in any role", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(10), {
    triplets: { colour: [5, 0, 1, 0, 5, 1, 0, 1, 5, 2, 3, 4], shape: [6, 7, 8] },
  });
  const triplets = await loadTriplets(set, "test", { seed: 1, unusable: new Set([5]) });
  assert.deepEqual(Array.from(triplets.images), [2, 3, 4, 6, 7, 8]);
  assert.deepEqual(Array.from(triplets.notion), [0, 1]);
  assert.equal(triplets.dropped, 3);
  assert.equal(triplets.perNotion[0].dropped, 3);
  assert.equal(triplets.perNotion[0].listed, 4);
  await assert.rejects(loadTriplets(set, "test", { seed: 1, unusable: new Set([6]) }), (error) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, /shape_tripletlist_test\.txt: all of its 1 triplets need images/);
    return true;
  });
});

Deno.test("loadTriplets() takes a share of what can be used", async () => {
  await using folder = await temporaryFolder();
  const set = await setOf(folder.path, { a: 60 });
  // Images 10 to 39 are the far images of the first 30 triplets.
  const unusable = new Set(Array.from({ length: 30 }, (_, i) => 10 + i));
  const triplets = await loadTriplets(set, "train", { seed: 1, total: 30, unusable });
  assert.equal(triplets.notion.length, 30);
  assert.equal(triplets.dropped, 30);
  assert.ok(triplets.images.every((image) => !unusable.has(image)));
});

Deno.test("loadTriplets() refuses a total that leaves a notion without a triplet", async () => {
  await using folder = await temporaryFolder();
  const set = await setOf(folder.path, { a: 60, b: 60, c: 60 });
  for (const total of [0, 2, NaN]) {
    await assert.rejects(loadTriplets(set, "train", { seed: 1, total }), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /pass `trainTriplets: 3` or more/);
      return true;
    });
  }
});

Deno.test("loadTriplets() names a notion that the set lacks, and a list that is missing", async () => {
  await using folder = await temporaryFolder();
  const set = await setOf(folder.path, { a: 60 });
  await assert.rejects(
    loadTriplets(set, "train", { seed: 1, notions: ["z"] }),
    /notion "z".* has a$/,
  );
  const more = { ...set, notions: ["a", "b"] };
  await assert.rejects(
    loadTriplets(more, "train", { seed: 1 }),
    /b_tripletlist_train\.txt: there is no/,
  );
});

Deno.test("loadTriplets() leaves out what a list excludes, says how many, and refuses a list of nothing", async () => {
  await using folder = await temporaryFolder();
  const set = await setOf(folder.path, { a: 5, b: 3 });
  const excludedBy = (...keys: string[]) => ({ file: "wrong.jsonl", keys: new Set(keys) });
  const load = (excluded: ExcludedTriplets) => loadTriplets(set, "train", { seed: 1, excluded });
  // The same images by another notion stay.
  const found = await load(excludedBy("0 12 99 a", "0 14 99 a", "0 10 99 b"));
  assert.deepEqual(ofRow(found, 0), ["0 10 99", "0 11 99", "0 13 99"]);
  assert.equal(ofRow(found, 1).length, 3);
  assert.equal(found.dropped, 0);
  assert.deepEqual(found.perNotion[0], {
    ...{ name: "a", triplets: 3, listed: 5, dropped: 0, excluded: 2, shortfall: 0 },
  });
  await assert.rejects(
    load(excludedBy("7 8 9 a")),
    new CsnError(
      `Cannot leave out the triplets of wrong.jsonl: none of the 1 that it calls wrong is in the train lists of a, b in ${set.folder}; pass a list of such triplets, or leave it out`,
    ),
  );
  await assert.rejects(
    load(excludedBy("1 10 98 b", "1 11 98 b", "1 12 98 b")),
    /b_tripletlist_train.txt: wrong.jsonl calls all of its 3 triplets wrong; correct the list/,
  );
});
