/**
 * One rank of several that take the two steps of tests/fixtures/parity/shared.json: prints, as JSON,
 * what it found of each step, with norm and projections of each tensor.
 */
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { namedTensors } from "../../src/distributed/named_tensors.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";
import { Adam } from "../../src/network/adam.ts";
import { Network, toStoredTensor } from "../../src/network/network.ts";
import { readLoss, tripletLoss } from "../../src/network/triplet_loss.ts";
import { clone, longs, narrow } from "../../src/tensor/operators.ts";
import type { StoredTensor } from "../../src/tensor/safetensors.ts";
import { noGrad, scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import type { Batch } from "../../src/training/batches/batches.ts";
import { partOfBatch } from "../../src/training/part_of_batch.ts";
import { formulaImages } from "../fixtures/parity/formula.ts";
import shared from "../fixtures/parity/shared.json" with { type: "json" };
import { formulaState, keptOf } from "./parity_fixture.ts";

const { height, width, learningRate, dim } = shared;
const weights = { margin: 0.2, embedding: 5e-3, mask: 5e-4 };

async function run(): Promise<void> {
  await start();
  await using group = await ProcessGroup.open(readPlace((name) => Deno.env.get(name))!, {
    device: "cpu",
    timeoutSeconds: 60,
  });
  const shape = {
    notions: Array.from({ length: shared.notions }, (_, row) => `notion ${row}`),
    dimension: dim,
    variant: "learned" as const,
  };
  using network = new Network(shape, formulaState(shared.shapes));
  using optimiser = new Adam(network.parameters());
  const steps: unknown[] = [];
  for (const [index, { condition, anchor, far, near }] of shared.batches.entries()) {
    const images = Uint32Array.from([...anchor, ...far, ...near]);
    const part = partOfBatch({
      index,
      size: condition.length,
      images,
      notion: Uint8Array.from(condition),
      flips: new Uint8Array(images.length),
    }, group.place);
    const { loss, gradients } = await backward(group, network, part);
    await optimiser.step(learningRate);
    steps.push({ loss, gradients, after: keptOf(network.toStored()) });
  }
  console.log(JSON.stringify(steps));
}

/** As a training step computes it, in float64. */
async function backward(
  group: ProcessGroup,
  network: Network,
  { images, notion, size, share = 1 }: Batch,
): Promise<{ loss: number; gradients: unknown }> {
  using made = new DisposableStack();
  const pixels = formulaImages([...images], 3 * height * width);
  const all = made.use(
    noGrad(() =>
      scope(() =>
        clone(Tensor.from(pixels, { shape: [images.length, 3, height, width] }), "channels_last")
      )
    ),
  );
  const embedded = made.use(await network.embed(all, { train: true, grad: true, groups: 3 }));
  const loss = scope(() => {
    const [anchor, far, near] = [0, 1, 2].map((role) =>
      narrow(embedded, { dim: 0, start: role * size, length: size })
    );
    return tripletLoss({ anchor, far, near }, network.masks(longs(notion, "cpu")), weights);
  });
  for (const tensor of Object.values(loss)) made.use(tensor);
  const own = await readLoss(loss);
  const [whole] = await group.backward(loss.loss, namedTensors(network.parameters()), {
    share,
    numbers: [share * own.loss],
  });
  const gradients = new Map<string, StoredTensor>();
  for (const [name, parameter] of network.parameters()) {
    using gradient = parameter.grad()!;
    gradients.set(name, toStoredTensor(gradient));
  }
  return { loss: whole, gradients: keptOf(gradients) };
}

try {
  await run();
} catch (error) {
  console.error((error as Error).stack);
  exitNow(1);
}
