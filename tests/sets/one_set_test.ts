import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { placeOfSet, withOneSet } from "../../src/sets/one_set.ts";
import { makeTriplets } from "../../src/sets/make/make_triplets.ts";
import { writeEmptyImages } from "../helpers/table_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("withOneSet() refuses a set that is made otherwise meanwhile, not one that is made alike", async () => {
  await using folder = await TemporaryFolder.make();
  const at = (path: string) => join(folder.path, path);
  await writeEmptyImages(at("images"), 60);
  const rows = Array.from({ length: 60 }, (_, image) => `${image}.jpg,${"abc"[image % 3]}\n`);
  await Deno.writeTextFile(at("table.csv"), `image,colour\n${rows.join("")}`);
  const make = async (seed: number) => {
    await makeTriplets(at("set"), {
      ...{ images: at("images"), attributes: at("table.csv"), notions: ["colour"], seed },
      triplets: { train: 20, val: 5, test: 5 },
      overwrite: true,
    });
    return await placeOfSet(at("set"));
  };
  const first = await make(1);
  const again = await withOneSet(at("set"), () => make(1));
  assert.notEqual(again.number, first.number);
  const discarded: unknown[] = [];
  const replaced = /another one was put in its place meanwhile/;
  const discard = (result: unknown) => void discarded.push(result);
  await assert.rejects(withOneSet(at("set"), () => make(2), discard), replaced);
  assert.equal(discarded.length, 1);
  await assert.rejects(withOneSet(at("set"), () => Promise.reject(new Error("own"))), /own/);
  await withOneSet(at("set"), () => Deno.remove(at("set"), { recursive: true }));
});
