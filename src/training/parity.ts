/**
 * csn compared with a stored PyTorch run: three Adam steps from the same weights on the same
 * images.
 */
import { CsnError, UsageError } from "../base/errors.ts";
import { Adam } from "../network/adam.ts";
import { backward } from "../tensor/backward.ts";
import type { Variant } from "../network/variant.ts";
import { fromStoredTensor, Network, toStoredTensor } from "../network/network.ts";
import { onCpu, type Precision } from "../network/placement.ts";
import {
  type LossNumbers,
  type LossWeights,
  readLoss,
  tripletLoss,
} from "../network/triplet_loss.ts";
import { dataOf } from "../tensor/dtype.ts";
import { clone, concatenate, narrow, toDevice } from "../tensor/operators.ts";
import type { StoredTensor, StoredTensors } from "../tensor/safetensors.ts";
import { noGrad, scope } from "../tensor/scope.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Adam steps of a fixture. */
const steps = 3;
/** Its learning rate. */
const learningRate = 5e-5;
/** Its loss: the defaults of the reference code. */
const weights: LossWeights = { margin: 0.2, embedding: 5e-3, mask: 5e-4 };

/** What csn computed from a fixture's inputs. */
export interface ParityRun {
  /** Loss and distances of each step, before its update. */
  readonly steps: readonly LossNumbers[];
  /** Gradients of step 0, parameters and buffers after the last, by name. */
  readonly gradients: ReadonlyMap<string, StoredTensor>;
  readonly after: ReadonlyMap<string, StoredTensor>;
  /** Embeddings of the anchors [B, D] afterwards, in eval mode, unmasked. */
  readonly embedding: StoredTensor;
}

/** Where the steps are computed, and in what numbers. */
export interface ParityPlacement {
  /** "cpu", "cuda:0", ... @default {"cpu"} */
  readonly device?: string;
  /** "auto": in the type of the fixture's images. @default {"auto"} */
  readonly precision?: "auto" | Precision;
}

/** One group of numbers, its largest relative error, and where that is. */
export interface ParityGroup {
  readonly group: string;
  readonly error: number;
  readonly limit: number;
  /** The tensor that the error belongs to. */
  readonly worst: string;
  readonly passed: boolean;
}

/** The images and notions of a fixture. */
export interface ParityInputs {
  /** `in.anchor`, `in.far`, `in.near` [B, 3, H, W] and `in.condition` [B] int64. */
  readonly inputs: ReadonlyMap<string, StoredTensor>;
  /** All parameters and buffers, by name. */
  readonly before: ReadonlyMap<string, StoredTensor>;
  readonly variant: Variant;
}

/** Fewest triplets on which bfloat16 is compared: with fewer, batch norm magnifies its rounding. */
const leastForBf16 = 8;

/**
 * Reads a fixture and returns each group's largest error. Throws a CsnError when a tensor is
 * missing.
 */
export async function checkParity(
  fixture: StoredTensors,
  placement: ParityPlacement = {},
): Promise<ParityGroup[]> {
  const triplets = find(fixture.tensors, "in.condition").shape[0];
  if (placement.precision === "bf16" && triplets < leastForBf16) {
    throw new UsageError(
      `Cannot compare bf16 with a fixture of ${triplets} triplets: it takes ${leastForBf16}; make one with a batch of ${leastForBf16} (tests/fixtures/parity/make_parity.py)`,
    );
  }
  const run = await runParity({
    inputs: fixture.tensors,
    before: withPrefix(fixture, "before."),
    variant: "learned",
  }, placement);
  return placement.precision === "bf16" ? compareCoarsely(run, fixture) : compare(run, fixture);
}

/** Computes what a fixture stores. */
export async function runParity(
  fixture: ParityInputs,
  { device = "cpu", precision = "auto" }: ParityPlacement = {},
): Promise<ParityRun> {
  const { inputs, before, variant } = precision === "auto" ? fixture : inFloat32(fixture);
  const placement = { device, precision: precision === "auto" ? onCpu.precision : precision };
  using network = new Network(shapeOf(before, variant), before, placement);
  using optimiser = new Adam(network.parameters());
  using kept = new DisposableStack();
  const [anchor, far, near] = ["in.anchor", "in.far", "in.near"].map((name) =>
    kept.use(images(find(inputs, name), device))
  );
  const rows = kept.use(
    scope(() => toDevice(fromStoredTensor(find(inputs, "in.condition")), device)),
  );
  const numbers: LossNumbers[] = [];
  let gradients = new Map<string, StoredTensor>();
  for (let step = 0; step < steps; step++) {
    numbers.push(await forwardBackward(network, [anchor, far, near], rows));
    if (step === 0) gradients = readGradients(network);
    await optimiser.step(learningRate);
  }
  using embedding = await network.embed(anchor, { train: false, grad: false });
  return {
    steps: numbers,
    gradients,
    after: network.toStored(),
    embedding: toStoredTensor(embedding),
  };
}

async function forwardBackward(
  network: Network,
  roles: Tensor[],
  rows: Tensor,
): Promise<LossNumbers> {
  using made = new DisposableStack();
  // As a training step embeds them.
  const all = made.use(noGrad(() => concatenate(roles)));
  const embedded = made.use(await network.embed(all, { train: true, grad: true, groups: 3 }));
  const size = rows.shape[0];
  const loss = scope(() => {
    const [anchor, far, near] = [0, 1, 2].map((role) =>
      narrow(embedded, { dim: 0, start: role * size, length: size })
    );
    return tripletLoss({ anchor, far, near }, network.masks(rows), weights);
  });
  for (const tensor of Object.values(loss)) made.use(tensor);
  await backward(loss.loss);
  return await readLoss(loss);
}

function readGradients(network: Network): Map<string, StoredTensor> {
  const gradients = new Map<string, StoredTensor>();
  for (const [name, parameter] of network.parameters()) {
    using gradient = parameter.grad();
    if (gradient !== null) gradients.set(name, toStoredTensor(gradient));
  }
  return gradients;
}

/** As training lays them out: channels-last. */
function images(stored: StoredTensor, device: string): Tensor {
  return scope(() => clone(toDevice(fromStoredTensor(stored), device), "channels_last"));
}

/** The same images and weights, rounded to float32. */
function inFloat32({ inputs, before, variant }: ParityInputs): ParityInputs {
  const rounded = (tensors: ReadonlyMap<string, StoredTensor>) =>
    new Map([...tensors].map(([name, tensor]) => [name, rounded32(tensor)]));
  return { inputs: rounded(inputs), before: rounded(before), variant };
}

function rounded32(tensor: StoredTensor): StoredTensor {
  if (tensor.dtype !== "float64") return tensor;
  const bytes = new Uint8Array(Float32Array.from(numbersOf(tensor)).buffer);
  return { ...tensor, dtype: "float32", bytes };
}

function shapeOf(before: ReadonlyMap<string, StoredTensor>, variant: Variant) {
  const [notions, dimension] = find(before, "masks.weight").shape;
  return {
    notions: Array.from({ length: notions }, (_, row) => `notion ${row}`),
    dimension,
    variant,
  };
}

function find(tensors: ReadonlyMap<string, StoredTensor>, name: string): StoredTensor {
  const found = tensors.get(name);
  if (found === undefined) {
    throw new CsnError(`Cannot check parity: the fixture lacks the tensor "${name}"`);
  }
  return found;
}

function withPrefix({ tensors }: StoredTensors, prefix: string): Map<string, StoredTensor> {
  return new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : []
    ),
  );
}

/** A number found and the number it should be, under the tensor's name. */
type Pair = readonly [name: string, found: Float64Array, expected: Float64Array];

function pairsOfStep(
  run: ParityRun,
  { tensors }: StoredTensors,
  step: number,
  what: "loss" | "distances",
): Pair[] {
  const { loss, far, near } = run.steps[step];
  const found: [string, Float64Array][] = what === "loss"
    ? [[`loss.${step}`, Float64Array.of(loss)]]
    : [[`d_far.${step}`, far], [`d_near.${step}`, near]];
  return found.map(([name, numbers]) => [name, numbers, numbersOf(find(tensors, name))]);
}

/** What bfloat16 keeps: its gradients differ from float32's by a third and more. */
function compareCoarsely(run: ParityRun, fixture: StoredTensors): ParityGroup[] {
  return [
    group("loss, step 0", pairsOfStep(run, fixture, 0, "loss"), 5e-2),
    group("distances, step 0", pairsOfStep(run, fixture, 0, "distances"), 5e-2),
  ];
}

function compare(run: ParityRun, fixture: StoredTensors): ParityGroup[] {
  const exact = run.embedding.dtype === "float64";
  const limit = (single: number) => exact ? 1e-9 : single;
  const expected = (name: string) => numbersOf(find(fixture.tensors, name));
  const ofStep = (step: number, what: "loss" | "distances") =>
    pairsOfStep(run, fixture, step, what);
  const named = (prefix: string, found: ReadonlyMap<string, StoredTensor>): Pair[] =>
    [...found].map(([name, tensor]) => [name, numbersOf(tensor), expected(prefix + name)]);
  const after = named("after.", run.after);
  const statistics = after.filter(([name]) => /\.(running_|num_batches)/.test(name));
  const parameters = after.filter((pair) => !statistics.includes(pair));
  return [
    group("loss, step 0", ofStep(0, "loss"), limit(1e-5)),
    group("distances, step 0", ofStep(0, "distances"), limit(1e-5)),
    group("loss, later steps", [1, 2].flatMap((step) => ofStep(step, "loss")), limit(2e-3)),
    group(
      "distances, later steps",
      [1, 2].flatMap((step) => ofStep(step, "distances")),
      limit(2e-3),
    ),
    group("gradients, step 0", named("grad.", run.gradients), limit(2e-2)),
    // In float32 the sign of a tiny gradient is chance, and Adam makes a whole step of it.
    exact
      ? group("parameters after", parameters, limit(0))
      : group("parameters after, per element", parameters, 6 * learningRate, largestDifference),
    group("running statistics after", statistics, limit(1e-2)),
    group(
      "embedding after",
      [["embedding", numbersOf(run.embedding), expected("embedding")]],
      limit(2e-3),
    ),
  ];
}

function group(
  name: string,
  pairs: readonly Pair[],
  limit: number,
  measure: (found: Float64Array, expected: Float64Array) => number = relativeError,
): ParityGroup {
  let error = 0;
  let worst = pairs[0]?.[0] ?? "";
  for (const [tensor, found, expected] of pairs) {
    const here = found.length === expected.length ? measure(found, expected) : Infinity;
    // Not `here > error`: NaN must count as wrong.
    if (!(here <= error)) [error, worst] = [Number.isNaN(here) ? Infinity : here, tensor];
  }
  return { group: name, error, limit, worst, passed: error <= limit };
}

/** Norm of the difference over the norm; the difference's norm alone where nothing is expected. */
function relativeError(found: Float64Array, expected: Float64Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(difference) / (size === 0 ? 1 : Math.sqrt(size));
}

function largestDifference(found: Float64Array, expected: Float64Array): number {
  return found.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i])), 0);
}

function numbersOf({ dtype, bytes }: StoredTensor): Float64Array {
  return Float64Array.from(
    dataOf(dtype, bytes.slice().buffer) as ArrayLike<number | bigint>,
    Number,
  );
}
