import assert from "node:assert/strict";
import { defaultConfig } from "../../src/model/config.ts";
import { prepareTraining } from "../../src/training/prepare.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

Deno.test("prepareTraining() warns where a batch has fewer triplets than there are processes", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const heard: string[] = [];
  const prepare = async (world: number) => {
    await using _prepared = await prepareTraining({
      ...defaultConfig,
      ...{ data: folder.path, notions: ["colour", "shape"], imageSize: 32, batchSize: 2 },
    }, { place: { rank: 0, world }, listener: { warning: (text) => heard.push(text) } });
  };
  await prepare(2);
  assert.deepEqual(heard, []);
  await prepare(5);
  assert.deepEqual(heard, [
    "3 of the 5 processes have nothing to do: a batch has 2 triplets at most; start fewer, or raise `batchSize`",
  ]);
});
