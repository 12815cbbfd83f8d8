import assert from "node:assert/strict";
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import type { EpochMetrics } from "../../src/training/metrics.ts";
import { cutBack, readMetrics, RunLog } from "../../src/training/run_log.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** Metrics that differ from epoch to epoch. */
function metricsOf(epoch: number, notions: readonly string[] = ["class", "heel"]): EpochMetrics {
  const scores = (base: number) =>
    notions.map((name, row) => ({
      name,
      triplets: 100 + row,
      accuracy: base + row / 8,
      loss: 0.1 / epoch,
    }));
  return {
    epoch,
    step: epoch * 40,
    learningRate: 5e-5,
    train: {
      images: 3 * 128,
      loss: 0.15 / epoch,
      accuracy: 0.75,
      embeddingNorm: 8.5,
      maskNorm: 3,
      notions: scores(0.5),
    },
    validation: { loss: 0.2 / epoch, accuracy: 0.625, triplets: 201, notions: scores(0.25) },
    ...(epoch % 10 === 0 ? { masks: [[0, 0.9], [0.8, 0]] } : {}),
    best: epoch % 2 === 1,
    seconds: 12.5,
    tripletsPerSecond: 512,
    threads: 2,
  };
}

/** A folder with the log of some epochs. */
async function loggedRun(epochs: readonly number[]) {
  const folder = await TemporaryFolder.make();
  const log = new RunLog(folder.path);
  for (const epoch of epochs) await log.append(metricsOf(epoch));
  const jsonl = join(folder.path, "metrics.jsonl");
  const csv = join(folder.path, "metrics.csv");
  return {
    path: folder.path,
    jsonl,
    csv,
    texts: () => Promise.all([Deno.readTextFile(jsonl), Deno.readTextFile(csv)]),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

Deno.test("readMetrics() reads what RunLog wrote", async () => {
  await using run = await loggedRun([9, 10]);
  await new RunLog(run.path).append(metricsOf(11));
  assert.deepEqual(await readMetrics(run.path), [metricsOf(9), metricsOf(10), metricsOf(11)]);
});

Deno.test("readMetrics() keeps what is not a number", async () => {
  await using run = await loggedRun([]);
  const metrics = { ...metricsOf(1), tripletsPerSecond: NaN };
  await new RunLog(run.path).append(metrics);
  assert.deepEqual(await readMetrics(run.path), [metrics]);
  const [, csv] = await run.texts();
  assert.match(csv, /,12\.5,,2,384\n$/);
});

Deno.test("readMetrics() finds no epochs where there is no log", async () => {
  await using folder = await TemporaryFolder.make();
  assert.deepEqual(await readMetrics(folder.path), []);
  await cutBack(folder.path, 3);
  assert.deepEqual(Array.from(Deno.readDirSync(folder.path)), []);
});

Deno.test("RunLog writes metrics.csv with a header and a row an epoch", async () => {
  await using run = await loggedRun([1, 2]);
  const [, csv] = await run.texts();
  assert.equal(
    csv,
    "step,epoch,learning_rate,train_loss,train_accuracy,embedding_norm,mask_norm,val_loss,val_accuracy," +
      "train_accuracy_class,train_accuracy_heel,val_accuracy_class,val_accuracy_heel," +
      "best,seconds,triplets_per_second,threads,images\n" +
      "40,1,0.00005,0.15,0.75,8.5,3,0.2,0.625,0.5,0.625,0.25,0.375,true,12.5,512,2,384\n" +
      "80,2,0.00005,0.075,0.75,8.5,3,0.1,0.625,0.5,0.625,0.25,0.375,false,12.5,512,2,384\n",
  );
});

Deno.test("RunLog quotes notions in metrics.csv", async () => {
  await using run = await loggedRun([]);
  await new RunLog(run.path).append(metricsOf(1, ['sole, "rubber"', "heel height"]));
  const [, csv] = await run.texts();
  assert.match(
    csv,
    /,"train_accuracy_sole, ""rubber""",train_accuracy_heel height,"val_accuracy_sole, ""rubber""",/,
  );
});

Deno.test("RunLog says what it cannot write", async () => {
  await assert.rejects(new RunLog("/nowhere/run").append(metricsOf(1)), {
    name: "CsnError",
    message: /^Cannot write \/nowhere\/run\/metrics\.jsonl: /,
  });
});

Deno.test("cutBack() keeps the epochs up to the one given in both files", async () => {
  await using run = await loggedRun([1, 2]);
  const before = await run.texts();
  const log = new RunLog(run.path);
  await log.append(metricsOf(3));
  await log.append(metricsOf(4));
  await cutBack(run.path, 2);
  assert.deepEqual(await run.texts(), before);
  assert.deepEqual(Array.from(Deno.readDirSync(run.path), ({ name }) => name).sort(), [
    "metrics.csv",
    "metrics.jsonl",
  ]);
});

Deno.test("cutBack() to before the first epoch leaves a log that starts with its header", async () => {
  await using run = await loggedRun([1]);
  const before = await run.texts();
  await cutBack(run.path, 0);
  assert.deepEqual(await readMetrics(run.path), []);
  await new RunLog(run.path).append(metricsOf(1));
  assert.deepEqual(await run.texts(), before);
});

Deno.test("cutBack() drops a last line that a kill cut short anywhere", async () => {
  await using run = await loggedRun([1, 2]);
  const [jsonl, csv] = await run.texts();
  const third = JSON.stringify(metricsOf(3));
  for (let length = 1; length < third.length; length += 1) {
    await Deno.writeTextFile(run.jsonl, jsonl + third.slice(0, length));
    await cutBack(run.path, 2);
    assert.deepEqual(await run.texts(), [jsonl, csv]);
  }
});

Deno.test("cutBack() gives a last line its end, and metrics.csv the row that a kill kept from it", async () => {
  await using run = await loggedRun([1, 2]);
  const [jsonl, csv] = await run.texts();
  await Deno.writeTextFile(run.jsonl, jsonl.slice(0, -1));
  for (const cut of [csv.slice(0, -30), csv.slice(0, 40), ""]) {
    await Deno.writeTextFile(run.csv, cut);
    await cutBack(run.path, 2);
    assert.deepEqual(await run.texts(), [jsonl, csv]);
  }
});

Deno.test("readMetrics() names file and line of what is not metrics", async () => {
  await using run = await loggedRun([]);
  const good = JSON.stringify(metricsOf(1));
  const { best: _best, ...noBest } = metricsOf(2);
  const cases: [string, RegExp][] = [
    [`${good}\n{"epoch":2,`, /metrics\.jsonl:2: .*JSON/],
    [`${good}\n\n${good}\n`, /metrics\.jsonl:2: .*JSON/],
    [`17\n${good}\n`, /metrics\.jsonl:1: "epoch" is missing/],
    [`null\n${good}\n`, /metrics\.jsonl:1: "epoch" is missing/],
    [`${good}\n${JSON.stringify(noBest)}\n`, /metrics\.jsonl:2: "best" is missing/],
    [`${JSON.stringify({ ...metricsOf(1), step: "40" })}\n`, /metrics\.jsonl:1: "step" is missing/],
    [
      `${JSON.stringify({ ...metricsOf(1), train: {} })}\n`,
      /metrics\.jsonl:1: "train\.loss" is missing/,
    ],
    [
      `${
        JSON.stringify({
          ...metricsOf(1),
          validation: { ...metricsOf(1).validation, notions: [{}] },
        })
      }\n`,
      /metrics\.jsonl:1: "validation\.notions" is missing/,
    ],
  ];
  for (const [text, message] of cases) {
    await Deno.writeTextFile(run.jsonl, text);
    await assert.rejects(readMetrics(run.path), (error) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
});

Deno.test("cutBack() refuses a broken line before the last one and changes nothing", async () => {
  await using run = await loggedRun([1, 2]);
  const [jsonl, csv] = await run.texts();
  const broken = `{"epoch":1\n${jsonl}`;
  await Deno.writeTextFile(run.jsonl, broken);
  await assert.rejects(cutBack(run.path, 2), { name: "CsnError", message: /metrics\.jsonl:1: / });
  assert.deepEqual(await run.texts(), [broken, csv]);
});
