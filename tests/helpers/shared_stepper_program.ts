/**
 * One rank of several that take steps of a tiny network: prints, as JSON, what they were and a digest
 * of the weights, for losses that are read one by one, several together, and one of rank 1 that is
 * not finite; what an evaluation found, and one that is stopped; and a dense batch of rank 0 alone.
 */
import { messageOf } from "../../src/base/errors.ts";
import { namedTensors } from "../../src/distributed/named_tensors.ts";
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { sha256 } from "../../src/files/sha256.ts";
import { defaultConfig, type TrainConfig } from "../../src/model/config.ts";
import { evaluate } from "../../src/model/evaluate.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";
import type { Triplets } from "../../src/sets/triplets.ts";
import { sharedBatches } from "../../src/training/batches/shared_batches.ts";
import { partOfBatch } from "../../src/training/part_of_batch.ts";
import type { PreparedTraining } from "../../src/training/prepare.ts";
import { SharedStepper } from "../../src/training/shared_stepper.ts";
import type { StepTaken } from "../../src/training/stepper.ts";
import type { StepSetting } from "../../src/training/train_step.ts";
import { tinyBatch, tinySetting } from "./tiny_setting.ts";

const steps = 5;

async function run(): Promise<void> {
  await start({ threads: 1 });
  await using group = await ProcessGroup.open(readPlace((name) => Deno.env.get(name))!, {
    device: "cpu",
    timeoutSeconds: 60,
  });
  console.log(JSON.stringify({
    one: await stepped(group, { readEvery: 1 }),
    three: await stepped(group, { readEvery: 3 }),
    ...await evaluated(group),
    dense: await denselyStepped(group),
    notFinite: await stepped(group, { readEvery: 1, std: group.place.rank === 1 ? 1e-45 : 0.5 }),
  }));
}

async function stepped(
  group: ProcessGroup,
  { readEvery, std = 0.5 }: { readonly readEvery: number; readonly std?: number },
): Promise<unknown> {
  const { setting, made } = tinySetting();
  using _made = made;
  const before = digestOf(setting);
  let taken = 0;
  using stepper = new SharedStepper(
    { ...setting, normalisation: { ...setting.normalisation, std: [std, std, std] } },
    {
      group,
      readEvery,
      config: { notions: ["a", "b"], margin: 0.2 },
      wishes: () => ({ stop: group.place.rank === 1 && taken === steps, save: false }),
    },
  );
  const all: StepTaken[] = [];
  for (let step = 0; step < steps; step++) {
    taken += 1;
    // Batches of 9 and 8 triplets: unequal parts.
    const batch = partOfBatch(tinyBatch(step, 9 - step % 2), group.place);
    all.push(...await stepper.step(batch, 1e-3));
  }
  all.push(...await stepper.finish());
  return {
    before,
    after: digestOf(setting),
    losses: all.map(({ numbers: { loss } }) => String(loss)),
    sums: all.map(({ shared }) => shared),
    wishes: stepper.wishes,
  };
}

/** An evaluation by all, and what each says of one that rank 1 is told to stop. */
async function evaluated(group: ProcessGroup): Promise<Record<string, unknown>> {
  const { setting, made } = tinySetting();
  using _made = made;
  const { images, notion } = tinyBatch(0, 16);
  const triplets = { images, notion, notions: ["a", "b"] } as unknown as Triplets;
  const find = (signal?: AbortSignal) =>
    evaluate(setting.network, setting.pack, triplets, {
      ...{ split: "val", normalisation: setting.normalisation, margin: 0.2, group, signal },
    });
  const signal = group.place.rank === 1 ? AbortSignal.abort(new Error("stop")) : undefined;
  return {
    evaluation: await find(),
    stopped: await find(signal).then(() => "not stopped", messageOf),
    again: await find(),
  };
}

/** A step of an epoch whose triplets fit into one dense batch, so that rank 1 has none. */
async function denselyStepped(group: ProcessGroup): Promise<unknown> {
  const { setting, made } = tinySetting();
  using _made = made;
  const notions = ["a", "b"];
  const config = { ...defaultConfig, data: "/", notions, sampler: "dense-lists", batchSize: 8 };
  const { images, notion } = tinyBatch(0, 12);
  const rows = Uint32Array.from(images, (_, i) => images[(i % 3) * 12 + Math.floor(i / 3)]);
  const train = { notions, images: rows, notion, dropped: 0, perNotion: [] };
  const data = { set: { flip: true }, train, values: null } as unknown as PreparedTraining;
  const batches = await sharedBatches(config as TrainConfig, data, 1, { group });
  const batch = (await batches.at(0))!;
  using stepper = new SharedStepper(setting, {
    ...{ group, readEvery: 1, config: { notions, margin: 0.2 } },
    wishes: () => ({ stop: false, save: false }),
  });
  const [{ shared }] = await stepper.step(batch, 1e-3);
  const [triplets, embedded] = [batch.size, batch.images.length];
  const parts = await group.gatherTexts(JSON.stringify({ triplets, embedded, share: batch.share }));
  return {
    batches: batches.length,
    parts: parts.map((each) => JSON.parse(each)),
    triplets: shared!.triplets,
    after: digestOf(setting),
  };
}

/** Of what is learned: running statistics are each rank's own. */
function digestOf({ network }: StepSetting): string {
  const learned = namedTensors(network.parameters());
  return sha256(learned.map((tensor) => sha256(new Uint8Array(tensor.data().buffer))).join());
}

try {
  await run();
  exitNow(0);
} catch (error) {
  console.error((error as Error).stack);
  exitNow(1);
}
