/** A model that several processes test, by real ones. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { type ModelEvaluation, testModel } from "../../src/model/evaluate_model.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { runRanks } from "../helpers/run_ranks.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

Deno.test("testModel() of three processes finds what one finds, and refuses another model on a rank", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data);
  const other = join(folder.path, "other");
  await Deno.mkdir(other);
  const [model, otherModel] = [
    await writeTinyModel(folder.path),
    await writeTinyModel(other, 2),
  ];
  const ends = await runRanks({
    program: "shared_test_program.ts",
    args: [data, model, [model, otherModel, model].join(), model],
    world: 3,
  });
  const alone = await testModel(await readModelFile(model), { data });
  const plain = ({ seconds: _seconds, ...found }: ModelEvaluation) => found;
  const close = (loss: number) => Number(loss.toFixed(5));
  for (const { code, stdout, stderr } of ends) {
    assert.equal(code, 0, stderr);
    const [first, refused, again] = JSON.parse(stdout);
    assert.deepEqual(plain(first), plain(again));
    assert.equal(first.images, alone.images);
    assert.deepEqual(first.interval, alone.interval);
    assert.equal(close(first.loss), close(alone.loss));
    assert.deepEqual(
      first.notions.map(({ triplets, accuracy }: ModelEvaluation) => [triplets, accuracy]),
      alone.notions.map(({ triplets, accuracy }) => [triplets, accuracy]),
    );
    assert.match(
      refused,
      /^Cannot test together: rank 1 differs from rank 0 in the model \(SHA-256 .*, not SHA-256 .*\); give all processes/,
    );
  }
});

Deno.test("evaluate() has NaN on every rank for a notion without triplets, as on one", async () => {
  for (
    const { code, stdout, stderr } of await runRanks({
      program: "shared_evaluate_program.ts",
      world: 2,
    })
  ) {
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), [[false, false], [true, true]]);
  }
});
