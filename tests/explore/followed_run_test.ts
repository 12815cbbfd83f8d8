import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { FollowedRun } from "../../src/explore/followed_run.ts";
import { cutBack, RunLog } from "../../src/training/run_log.ts";
import { epochRows } from "../helpers/epoch_rows.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const masks = (epoch: number) => [[1 / epoch, 0, 0], [0, 0.25, epoch]];

Deno.test("FollowedRun gives the epochs as they come, and others when a run was cut back", async () => {
  await using folder = await TemporaryFolder.make();
  const log = new RunLog(folder.path);
  const rows = epochRows(4);
  const run = new FollowedRun(folder.path);
  assert.deepEqual((await run.epochs()).items, []);
  await log.append(rows[0]);
  const one = await run.epochs();
  assert.deepEqual(one.items, [{
    epoch: 1,
    learningRate: rows[0].learningRate,
    trainLoss: 0.3,
    trainAccuracy: 0.61,
    embeddingNorm: 4,
    maskNorm: 60,
    validationLoss: 0.4,
    validationAccuracy: rows[0].validation.accuracy,
    notions: rows[0].validation.notions.map(({ accuracy }) => accuracy),
    isBest: true,
  }]);
  await log.append({ ...rows[1], train: { ...rows[1].train, loss: NaN } });
  const two = await run.epochs();
  assert.deepEqual(two.items.map(({ trainLoss }) => trainLoss), [0.3, null]);
  assert.equal(two.generation, one.generation);
  assert.deepEqual(await run.notions(), ["shape", "colour"]);
  await cutBack(folder.path, 1);
  await log.append(rows[1]);
  const anew = await run.epochs();
  assert.deepEqual(anew.items.map(({ trainLoss }) => trainLoss), [0.3, 0.15]);
  assert.notEqual(anew.generation, one.generation);
});

Deno.test("FollowedRun gives the masks of every epoch where they were kept, else of every tenth", async () => {
  await using folder = await TemporaryFolder.make();
  const log = new RunLog(folder.path);
  const rows = epochRows(22);
  const run = new FollowedRun(folder.path);
  for (const row of rows.slice(0, 20)) await log.append(row);
  const older = await run.masks();
  assert.deepEqual(older.items.map(({ epoch }) => epoch), [10, 20]);
  assert.deepEqual(older.items[1].masks, rows[19].masks);
  assert.equal(older.areAll, false);
  // It goes on with a csn that keeps them.
  for (const row of rows.slice(20)) await log.append(row, masks(row.epoch));
  assert.deepEqual((await run.masks()).items.map(({ epoch }) => epoch), [10, 20, 21, 22]);

  await using whole = await TemporaryFolder.make();
  for (const row of rows.slice(0, 10)) await new RunLog(whole.path).append(row, masks(row.epoch));
  const kept = await new FollowedRun(whole.path).masks();
  assert.deepEqual(
    kept.items.map(({ epoch }) => epoch),
    rows.slice(0, 10).map(({ epoch }) => epoch),
  );
  assert.equal(kept.areAll, true);
});

Deno.test("FollowedRun names the line that cannot be read, and goes on when it is mended", async () => {
  await using folder = await TemporaryFolder.make();
  await new RunLog(folder.path).append(epochRows(1)[0]);
  const file = join(folder.path, "metrics.jsonl");
  const good = await Deno.readTextFile(file);
  const run = new FollowedRun(folder.path);
  await Deno.writeTextFile(file, "{}\n", { append: true });
  await assert.rejects(run.epochs(), { name: "CsnError", message: /metrics\.jsonl:2: "epoch"/ });
  await Deno.remove(file);
  await Deno.writeTextFile(file, good);
  assert.equal((await run.epochs()).items.length, 1);
});
