/**
 * Training steps of a tiny network: `steps_process.ts COUNT SECONDS` prints what is held after
 * 100 steps and after the last, which is at most so many seconds later.
 */
import process from "node:process";
import { liveBytes, liveTensors } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";
import { trainStep } from "../../src/training/train_step.ts";
import { tinyBatch, tinySetting } from "../../tests/helpers/tiny_setting.ts";

/** What a process holds. */
export interface Held {
  readonly step: number;
  readonly tensors: number;
  /** Of tensors. */
  readonly bytes: number;
  /** Of the process in memory, in bytes. */
  readonly memory: number;
}

const [count, seconds] = Deno.args.map(Number);
await start({ threads: 1 });
const { setting, made } = tinySetting();
using _made = made;
const until = performance.now() + 1000 * seconds;
for (let step = 1, isLast = false; !isLast; step++) {
  const { loss } = await trainStep(setting, tinyBatch(step), 1e-4);
  if (!Number.isFinite(loss)) throw new Error(`the loss of step ${step} is ${loss}`);
  isLast = step === count || (step > 100 && performance.now() >= until);
  if (step === 100 || isLast) console.log(JSON.stringify(held(step)));
}

function held(step: number): Held {
  // With --expose-gc: what is garbage already is no leak.
  (globalThis as { gc?: () => void }).gc?.();
  const { rss } = process.memoryUsage();
  return { step, tensors: liveTensors(), bytes: liveBytes(), memory: rss };
}
