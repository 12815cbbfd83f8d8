/** Trains on the device and on the processor, by several seeds each: does accuracy agree? */
import { removeAll } from "../../src/files/exists.ts";
import { runPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { percent } from "../../src/cli/format.ts";
import { type Check, type Found, look, type Setting } from "./check.ts";
import { run } from "./run_program.ts";
import { shapeNotions, writeShapes } from "./shapes_set.ts";

/** How much is trained. */
interface Amount {
  readonly images: number;
  /** Training triplets of each notion; there are 500 for validation. */
  readonly triplets: number;
  readonly epochs: number;
  readonly seeds: readonly number[];
}

const onGpu: Amount = { images: 8000, triplets: 3000, epochs: 2, seeds: [1, 2, 3] };
const onCpu: Amount = { images: 1200, triplets: 480, epochs: 1, seeds: [1, 2, 3] };
const validation = 500;

/** What is trained beside the reference, which is float32 on the processor. */
type Kind = readonly [device: string, precision: "float32" | "bf16"];

/** The part, in its order. */
export async function trainPart(setting: Setting): Promise<Check[]> {
  const amount = setting.isCuda ? onGpu : onCpu;
  const data = join(setting.out, "shapes");
  const made = await look(
    "train",
    "a set of shapes",
    `${amount.images} images`,
    () => makeSet(data, amount, setting),
  );
  if (!made.passed) return [made];
  let reference: readonly number[] = [];
  const checks = [
    made,
    await look("train", "cpu, float32", "the reference", async () => {
      reference = await accuracies(["cpu", "float32"], data, amount, setting);
      return { passed: true, found: listed(reference) };
    }),
  ];
  const kinds: Kind[] = setting.isCuda
    ? [[setting.device, "float32"], [setting.device, "bf16"]]
    : [["cpu", "bf16"]];
  for (const kind of kinds) {
    checks.push(
      await look("train", kind.join(", "), "mean within the spread of seeds", async () =>
        agreement(
          await accuracies(kind, data, amount, setting),
          reference,
          validation * shapeNotions.length,
        )),
    );
  }
  await removeAll(data);
  return checks;
}

async function makeSet(data: string, amount: Amount, { project, out }: Setting): Promise<Found> {
  await removeAll(data);
  await writeShapes(data, amount.images);
  await run("deno", [
    ...["task", "-q", "make-triplets", "--images", join(data, "images")],
    ...["--attributes", join(data, "shapes.csv"), "--notion", ...shapeNotions],
    ...["--triplets", [amount.triplets, validation, validation].join(",")],
    ...["--out", join(data, "set")],
  ], { cwd: project, log: join(out, "train.log") });
  return {
    passed: true,
    found: `${amount.triplets} triplets of each of ${shapeNotions.length} notions`,
  };
}

/** Validation accuracy of each seed after the last epoch. */
async function accuracies(
  [device, precision]: Kind,
  data: string,
  amount: Amount,
  { project, out }: Setting,
): Promise<number[]> {
  const found: number[] = [];
  for (const seed of amount.seeds) {
    const name = `gpu_check-${Deno.pid}-${device.replace(":", "")}-${precision}-${seed}`;
    const folder = runPath(name);
    const numbers = {
      "image-size": 32,
      "num-traintriplets": amount.triplets * shapeNotions.length,
      "batch-size": 64,
      lr: 5e-4,
      epochs: amount.epochs,
      seed,
    };
    const flags = Object.entries(numbers).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
    try {
      await run("deno", [
        ...["task", "-q", "train", "--data", join(data, "set"), "--name", name, "--learned"],
        ...["--device", device, "--precision", precision, ...flags],
      ], { cwd: project, log: join(out, "train.log") });
      const epochs = await Deno.readTextFile(join(folder, "metrics.jsonl"));
      found.push(JSON.parse(epochs.trim().split("\n").at(-1)!).validation.accuracy);
    } finally {
      await removeAll(folder);
    }
  }
  return found;
}

/**
 * Whether the means agree: they are no farther apart than the seeds of either, or than two standard
 * errors of an accuracy measured on `triplets`.
 */
export function agreement(
  found: readonly number[],
  reference: readonly number[],
  triplets: number,
): Found {
  if (found.length === 0 || reference.length === 0) {
    return { passed: false, found: "there is nothing to compare with" };
  }
  const difference = mean(found) - mean(reference);
  const error = Math.sqrt(mean(reference) * (1 - mean(reference)) / triplets);
  const most = Math.max(spread(found), spread(reference), 2 * error);
  return {
    passed: Math.abs(difference) <= most,
    found: `${listed(found)}: ${points(difference)} from the reference, ${points(most)} allowed`,
  };
}

function listed(accuracies: readonly number[]): string {
  return `mean ${percent(mean(accuracies))} of ${accuracies.map(percent).join(", ")}`;
}

function points(share: number): string {
  return `${(100 * share).toFixed(2)} points`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
