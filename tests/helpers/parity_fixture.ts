/** The stored float64 fixtures of tests/fixtures/parity, as inputs of `runParity()` and as what it should give. */
import assert from "node:assert/strict";
import { disjointMasks } from "../../src/network/masks.ts";
import { dataOf } from "../../src/tensor/dtype.ts";
import type { StoredTensor } from "../../src/tensor/safetensors.ts";
import type { ParityInputs, ParityRun } from "../../src/training/parity.ts";
import {
  formulaImages,
  formulaTensor,
  norm,
  projection,
  projections,
} from "../fixtures/parity/formula.ts";
import fixed from "../fixtures/parity/fixed.json" with { type: "json" };
import learned from "../fixtures/parity/learned.json" with { type: "json" };

/** Of make_small_parity.py. */
export type Fixture = typeof learned;

/** One for each way of masks. */
export const fixtures: { readonly learned: Fixture; readonly fixed: Fixture } = {
  learned,
  fixed: fixed as Fixture,
};

/** float64 equality with PyTorch. */
const limit = 1e-9;

/** Asserts that a run gave what PyTorch computed. */
export function checkRun(run: ParityRun, fixture: Fixture): void {
  run.steps.forEach((step, k) => {
    near(step.loss, fixture.loss[k], `loss.${k}`);
    const terms = [step.triplet, step.embeddingNorm, step.maskNorm];
    terms.forEach((term, i) =>
      near(term, Object.values(fixture.terms[k])[i], `term ${i} of step ${k}`)
    );
    nearAll(step.far, fixture.dFar[k], `d_far.${k}`);
    nearAll(step.near, fixture.dNear[k], `d_near.${k}`);
  });
  checkKept(run.gradients, fixture.gradients, "gradient of ");
  checkKept(run.after, fixture.after, "after three steps, ");
  nearAll(numbers(run.embedding), fixture.embedding.flat(), "embedding");
}

/** Asserts that loss and distances of step 0 are PyTorch's, by `most` of their size. */
export function checkFirstStep(run: ParityRun, fixture: Fixture, most: number): void {
  const [step] = run.steps;
  for (
    const [what, found, expected] of [
      ["loss", [step.loss], [fixture.loss[0]]],
      ["d_far", [...step.far], fixture.dFar[0]],
      ["d_near", [...step.near], fixture.dNear[0]],
    ] as const
  ) {
    const error = Math.hypot(...found.map((value, i) => value - expected[i])) /
      Math.hypot(...expected);
    assert.ok(error <= most, `${what}: off by ${error}`);
  }
}

/** What a fixture's steps start from. */
export function inputsOf(fixture: Fixture): ParityInputs {
  const { height, width } = fixture;
  const inputs = new Map<string, StoredTensor>();
  for (const [role, indices] of Object.entries(fixture.images)) {
    inputs.set(
      `in.${role}`,
      float64(formulaImages(indices, 3 * height * width), [indices.length, 3, height, width]),
    );
  }
  const condition = BigInt64Array.from(fixture.condition, BigInt);
  inputs.set("in.condition", {
    dtype: "int64",
    shape: [condition.length],
    bytes: new Uint8Array(condition.buffer),
  });
  const before = formulaState(fixture.shapes as Record<string, number[]>);
  if (fixture.masks === "fixed") {
    const shape = before.get("masks.weight")!.shape;
    const masks = Float64Array.from(disjointMasks(shape[0], shape[1], 0));
    before.set("masks.weight", float64(masks, shape));
  }
  return { inputs, before, variant: fixture.masks as "learned" | "fixed" };
}

/** A network's tensors by the formula. */
export function formulaState(shapes: Record<string, readonly number[]>): Map<string, StoredTensor> {
  return new Map(Object.entries(shapes).map(([name, shape]) => [name, formulaPart(name, shape)]));
}

function formulaPart(name: string, shape: readonly number[]): StoredTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  if (name.endsWith("num_batches_tracked")) {
    const value = BigInt64Array.of(BigInt(formulaTensor(name, 1)[0]));
    return { dtype: "int64", shape, bytes: new Uint8Array(value.buffer) };
  }
  return float64(formulaTensor(name, count), shape);
}

/** A tensor of these numbers. */
export function float64(values: Float64Array<ArrayBuffer>, shape: readonly number[]): StoredTensor {
  return { dtype: "float64", shape, bytes: new Uint8Array(values.buffer) };
}

/** What is kept of a tensor: norm and projections. */
export interface Kept {
  readonly norm: number;
  readonly projections: readonly number[];
}

/** What is kept of each tensor. */
export function keptOf(tensors: ReadonlyMap<string, StoredTensor>): Record<string, Kept> {
  return Object.fromEntries(
    [...tensors].map(([name, tensor]) => {
      const values = numbers(tensor);
      const each = Array.from({ length: projections }, (_, k) => projection(name, k, values));
      return [name, { norm: norm(values), projections: each }];
    }),
  );
}

function checkKept(found: ReadonlyMap<string, StoredTensor>, expected: object, what: string): void {
  compareKept(keptOf(found), expected as Record<string, Kept>, what);
}

/**
 * Asserts that what is kept of tensors is what PyTorch's were. A projection may nearly cancel, so it
 * may be off by `limit` of the tensor's size: of its norm, or of what `sizeOf` gives.
 */
export function compareKept(
  found: Readonly<Record<string, Kept>>,
  expected: Readonly<Record<string, Kept>>,
  what: string,
  sizeOf: (name: string) => number = (name) => expected[name].norm,
): void {
  assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
  for (const [name, kept] of Object.entries(expected)) {
    near(found[name].norm, kept.norm, `${what}${name}, norm`);
    assert.equal(found[name].projections.length, projections);
    for (const [k, value] of kept.projections.entries()) {
      const difference = Math.abs(found[name].projections[k] - value);
      assert.ok(
        difference <= limit * sizeOf(name),
        `${what}${name}, projection ${k}: off by ${difference}`,
      );
    }
  }
}

/** A tensor's elements. */
export function numbers({ dtype, bytes }: StoredTensor): Float64Array {
  return Float64Array.from(
    dataOf(dtype, bytes.slice().buffer) as ArrayLike<number | bigint>,
    Number,
  );
}

function nearAll(found: ArrayLike<number>, expected: readonly number[], what: string): void {
  assert.equal(found.length, expected.length, what);
  expected.forEach((value, i) => near(found[i], value, `${what}[${i}]`));
}

function near(found: number, expected: number, what: string): void {
  const error = Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-6);
  assert.ok(error <= limit, `${what}: ${found}, PyTorch ${expected}`);
}
