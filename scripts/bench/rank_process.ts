/**
 * One of several processes of csn that train together: `rank_process.ts JSON`, started with the
 * variables of its place, prints a line when all have met, and then answers lines {"steps": n},
 * {"steps": n, "apart": true}, for steps that it takes by itself, and {"passes": n}, for gradients
 * that take no time to compute, summed or, with {"apart": true}, not.
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { namedTensors } from "../../src/distributed/named_tensors.ts";
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { start } from "../../src/native/start.ts";
import { backward } from "../../src/tensor/backward.ts";
import { add, multiply, sum } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { clearGrads } from "../../src/tensor/tensor.ts";
import { SharedStepper } from "../../src/training/shared_stepper.ts";
import { type BenchOptions, benchShape, randomBatch, stepSetting } from "./setting.ts";
import { csnSeconds } from "./step.ts";

/** What is asked for. */
interface Request {
  readonly steps?: number;
  readonly apart?: boolean;
  readonly passes?: number;
}

/** What it is started with. */
export interface RankOptions extends BenchOptions {
  readonly size: number;
  /** Bytes of gradients that are sent together, where they are not the usual ones. */
  readonly bucketBytes?: number;
}

let batches = 0;
const options: RankOptions = JSON.parse(Deno.args[0]);
const place = readPlace((name) => Deno.env.get(name))!;
await start({ threads: options.threads });
await using group = await ProcessGroup.open(place, {
  ...{ device: "cpu", timeoutSeconds: 600, bucketBytes: options.bucketBytes },
});
using made = new DisposableStack();
const setting = stepSetting(options.size, options, made);
await group.broadcast(namedTensors(setting.network.parameters()));
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ seconds: await secondsOf(JSON.parse(line)) }));
}

async function secondsOf({ steps = 0, apart = false, passes = 0 }: Request): Promise<number> {
  if (passes > 0) return await passSeconds(passes, apart);
  return apart ? await csnSeconds(setting, steps, options) : await stepSeconds(steps);
}

async function stepSeconds(steps: number): Promise<number> {
  using stepper = new SharedStepper(setting, {
    group,
    readEvery: steps + 1,
    config: { notions: benchShape.notions, margin: setting.weights.margin },
    wishes: () => ({ stop: false, save: false }),
  });
  const began = performance.now();
  for (let step = 0; step < steps; step++) {
    const batch = randomBatch(batches++ * place.world + place.rank, options.batchSize);
    await stepper.step({ ...batch, share: 1 / place.world }, 5e-5);
  }
  await stepper.finish();
  return (performance.now() - began) / 1000;
}

/** Of the network's own parameters, whose gradients are those of a plain sum. */
async function passSeconds(passes: number, apart: boolean): Promise<number> {
  const parameters = namedTensors(setting.network.parameters());
  let seconds = 0;
  for (let pass = 0; pass < passes; pass++) {
    using loss = scope(() =>
      parameters.map((each) => sum(multiply(each, 2))).reduce((all, each) => add(all, each))
    );
    await group.barrier();
    const began = performance.now();
    if (apart) await backward(loss);
    else await group.backward(loss, parameters, { share: 1 / place.world });
    seconds += (performance.now() - began) / 1000;
    clearGrads(parameters);
  }
  return seconds;
}
