import assert from "node:assert/strict";
import { bestEpoch, chartsOf, toldOf } from "../../../../src/explore/page/curves/lines.ts";
import type { RunCurves } from "../../../../src/explore/page/curves/run_curves.ts";

/** A run of some epochs, the second of which is the best. */
function run(name: string, epochs: readonly number[], notions = ["a", "b"]): RunCurves {
  const rows = epochs.map((epoch) => ({
    epoch,
    learningRate: 1e-3 / epoch,
    trainLoss: 0.3 / epoch,
    trainAccuracy: 0.6,
    embeddingNorm: epoch,
    maskNorm: 2 * epoch,
    validationLoss: epoch === 3 ? null : 0.4 / epoch,
    validationAccuracy: 0.5 + epoch / 100,
    notions: notions.map((_, row) => 0.5 + row / 10),
    isBest: epoch <= 2,
  }));
  return { name, notions, rows, planned: 9, generation: "1", error: null };
}

Deno.test("chartsOf() draws the own run's losses and accuracies, of all and of each notion", () => {
  const [loss, accuracy, ...others] = chartsOf([run("own", [1, 2, 3])], "");
  assert.deepEqual(loss.epochs, [1, 2, 3]);
  assert.deepEqual(loss.lines.map(({ name, values }) => [name, values]), [
    ["training", [0.3, 0.15, 0.3 / 3]],
    ["validation", [0.4, 0.2, null]],
  ]);
  assert.deepEqual(accuracy.lines.map(({ name, values }) => [name, values[0]]), [
    ["all notions", 51],
    ["a", 50],
    ["b", 60],
  ]);
  assert.deepEqual(others.map(({ title }) => title), [
    ...["Embedding norm", "Mask norm", "Learning rate"],
  ]);
});

Deno.test("chartsOf() puts other runs beside it over the epochs of all, each with dashes of its own", () => {
  const runs = [run("own", [1, 2]), run("x", [2, 3], ["b"]), run("y", [1])];
  const [loss, accuracy] = chartsOf(runs, "");
  assert.deepEqual(loss.epochs, [1, 2, 3]);
  assert.deepEqual(loss.lines.map(({ name, run }) => [name, run]), [
    ...[["own: training", 0], ["own: validation", 0]],
    ...[["x: validation", 1], ["y: validation", 2]],
  ]);
  assert.deepEqual(loss.lines[2].values, [null, 0.2, null]);
  assert.deepEqual(accuracy.lines.map(({ name }) => name), [
    ...["own: all notions", "own: a", "own: b", "x: all notions", "y: all notions"],
  ]);
  // By one notion, of all runs that have it.
  const [, byNotion] = chartsOf(runs, "a");
  assert.deepEqual(byNotion.lines.map(({ name }) => name), ["own: a", "y: a"]);
});

Deno.test("bestEpoch() is the last that was better than all before", () => {
  assert.equal(bestEpoch(run("own", [1, 2, 3]))?.epoch, 2);
  assert.equal(bestEpoch(run("own", [])), null);
});

Deno.test("toldOf() says where a line begins and ends", () => {
  const [loss] = chartsOf([run("own", [1, 2, 3])], "");
  assert.equal(toldOf(loss.lines[1], loss), "validation from 0.4000 to 0.2000");
  assert.equal(
    toldOf({ ...loss.lines[1], values: [null] }, loss),
    "validation not measured",
  );
});
