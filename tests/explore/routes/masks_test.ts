import assert from "node:assert/strict";
import { epochsDone, exploredRun } from "../../helpers/explored_run.ts";

Deno.test("maskRoutes() give the model's masks, and those of the run by epoch as they come", async () => {
  await using run = await exploredRun();
  const { model } = run.explored;
  const { body } = await run.ask("/api/masks");
  const masks = model.notions.map((notion) => [...model.mask(notion)]);
  assert.deepEqual([body.isLearned, body.epoch, body.masks], [true, epochsDone - 1, masks]);
  assert.equal(body.variances.length, model.info.dimension);
  assert.ok(body.variances.every((each: number) => each >= 0));

  const all = (await run.ask("/api/masks/epochs")).body;
  assert.deepEqual([all.areAll, all.lacking], [true, null]);
  assert.deepEqual(all.epochs.map(({ epoch }: { epoch: number }) => epoch), [1, 2, 3, 4]);
  const now = all.epochs[epochsDone - 2].masks.map((mask: number[]) => mask.map(Math.fround));
  assert.deepEqual(now, masks);
  await run.addEpoch(5);
  const since = `generation=${all.generation}&after=4`;
  const added = (await run.ask(`/api/masks/epochs?${since}`)).body;
  assert.deepEqual(added.epochs.map(({ epoch }: { epoch: number }) => epoch), [5]);
  const anew = (await run.ask("/api/masks/epochs?generation=other&after=4")).body;
  assert.equal(anew.epochs.length, 5);
});

Deno.test("maskRoutes() say why there are no masks by epoch", async () => {
  await using fixed = await exploredRun({ variant: "fixed" });
  const { body: masks } = await fixed.ask("/api/masks");
  assert.equal(masks.isLearned, false);
  const { body } = await fixed.ask("/api/masks/epochs");
  assert.deepEqual([body.epochs, body.lacking], [[], "The masks of this model are not learned"]);
  await using alone = await exploredRun({ hasRun: false });
  const { body: none } = await alone.ask("/api/masks/epochs");
  assert.match(none.lacking, /^The run of this model kept no masks by epoch: /);
});

Deno.test("maskRoutes() give the images at both ends of a dimension, a bounded number of them", async () => {
  await using run = await exploredRun();
  const { embeddings } = run.explored;
  const { body } = await run.ask("/api/dimensions/3?count=2");
  const values = embeddings.names.map((name, index) => ({
    index,
    name,
    value: embeddings.at(index)[3],
  })).sort((a, b) => a.value - b.value);
  const plain = (images: { index: number; name: string; value: number }[]) =>
    images.map(({ index, name, value }) => ({ index, name, value }));
  assert.deepEqual(plain(body.low), values.slice(0, 2));
  assert.deepEqual(plain(body.high), values.slice(-2).reverse());
  assert.deepEqual(body.low[0].values.length, 2);
  assert.equal(body.measured, values.length);
  for (const path of ["8", "-1", "1.5", "3?count=51", "3?count=0"]) {
    const { status, body } = await run.ask(`/api/dimensions/${path}`);
    assert.equal(status, 422, path);
    assert.match(
      body.error,
      /^Cannot take .* as `(dimension|count)`: it must be a whole number from/,
    );
  }
});
