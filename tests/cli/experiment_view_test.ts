import assert from "node:assert/strict";
import { ExperimentView } from "../../src/cli/experiment_view.ts";
import type { Cell } from "../../src/experiment/cell.ts";
import type { Progress } from "../../src/base/listener.ts";
import type { TrainEvent } from "../../src/training/train_event.ts";

const notions = ["colour", "shape"];
const cells: Cell[] = [1, 2].map((seed) => ({
  name: `fixed-seed${seed}`,
  variant: "fixed",
  seed,
  trainTriplets: 50,
}));

/** A view of two cells of two epochs of 100 triplets, and what it showed. */
function viewOf(live: boolean) {
  const shown: string[] = [];
  const bars: Progress[] = [];
  let now = 0;
  const view = new ExperimentView(
    { notice: (text) => shown.push(text), progress: (progress) => bars.push(progress) },
    { live, now: () => now },
  );
  const train = (cell: Cell, event: unknown) =>
    view.show({ type: "train", cell, event: event as TrainEvent });
  return {
    shown,
    bars,
    view,
    at: (seconds: number) => now = 1000 * seconds,
    start: (cell: Cell, epoch: number, triplets: number) =>
      train(cell, { type: "start", state: { epoch, sums: { triplets } } }),
    step: (cell: Cell, epoch: number, trained: number) =>
      train(cell, { type: "step", epoch, trained }),
    epoch: (cell: Cell, epoch: number) =>
      train(cell, {
        type: "epoch",
        metrics: { epoch, seconds: 9, validation: { accuracy: 0.75 } },
      }),
    done: (cell: Cell) =>
      view.show({
        type: "cell",
        cell,
        scores: {
          outcomes: Uint8Array.from([0, 1, 2, 0]),
          epoch: 2,
          trainTriplets: 100,
          embeddedImages: 600,
          seconds: 18,
        },
      }),
  };
}

Deno.test("ExperimentView tells the time left over all cells from what this process trained", () => {
  const { view, shown, bars, at, start, step, epoch, done } = viewOf(false);
  view.show({ type: "plan", cells, epochs: 2, notions });
  at(100);
  // Half of the first epoch was trained before.
  start(cells[0], 1, 50);
  at(110);
  step(cells[0], 1, 100);
  epoch(cells[0], 1);
  at(130);
  epoch(cells[0], 2);
  done(cells[0]);
  start(cells[1], 1, 0);
  at(150);
  epoch(cells[1], 1);
  at(170);
  epoch(cells[1], 2);
  assert.deepEqual(shown, [
    "Cell 1 of 2, fixed-seed1: training goes on in epoch 1 of 2",
    // 50 triplets in 10 s: 300 more in 60.
    "Cell 1 of 2, fixed-seed1: epoch 1 of 2, validation error 25.00 %, 9 s; about 1 min left in all",
    "Cell 1 of 2, fixed-seed1: epoch 2 of 2, validation error 25.00 %, 9 s; about 40 s left in all",
    "Cell 1 of 2, fixed-seed1: test error 50.00 %",
    "Cell 2 of 2, fixed-seed2: training begins",
    "Cell 2 of 2, fixed-seed2: epoch 1 of 2, validation error 25.00 %, 9 s; about 20 s left in all",
    "Cell 2 of 2, fixed-seed2: epoch 2 of 2, validation error 25.00 %, 9 s",
  ]);
  assert.deepEqual(bars, []);
});

Deno.test("ExperimentView counts the whole experiment in its bar, on a terminal alone", () => {
  const { view, bars, start, step, done } = viewOf(true);
  view.show({ type: "plan", cells, epochs: 2, notions });
  // What an earlier process has trained is done already.
  done(cells[0]);
  start(cells[1], 2, 0);
  step(cells[1], 2, 30);
  const what = "Cell 2 of 2, fixed-seed2, epoch 2 of 2";
  assert.deepEqual(bars, [{ what, done: 330, total: 400, unit: "triplets" }]);

  const images = { what: "Embedding images", done: 1, total: 2, unit: "images" } as const;
  view.listener.progress?.(images);
  assert.equal(bars.at(-1), images);
  const quiet = viewOf(false);
  quiet.view.listener.progress?.(images);
  quiet.view.show({ type: "plan", cells, epochs: 2, notions });
  quiet.view.listener.progress?.(images);
  // Before the cells, decoding is all that is to be seen.
  assert.deepEqual(quiet.bars, [images]);
});
