import assert from "node:assert/strict";
import { disjointMasks } from "../../src/network/masks.ts";
import type { StoredTensor, StoredTensors } from "../../src/tensor/safetensors.ts";
import { dataOf } from "../../src/tensor/dtype.ts";
import {
  checkParity,
  type ParityInputs,
  type ParityRun,
  runParity,
} from "../../src/training/parity.ts";
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
type Fixture = typeof learned;

/** float64 equality with PyTorch. */
const limit = 1e-9;

for (const fixture of [learned, fixed] as Fixture[]) {
  Deno.test(`runParity() computes PyTorch's steps with ${fixture.masks} masks`, async () => {
    const run = await runParity(inputsOf(fixture));
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
  });
}

Deno.test("checkParity() passes what csn computed itself", async () => {
  const groups = await checkParity(fullFixture(await runParity(inputsOf(learned))));
  assert.deepEqual(groups.filter((group) => !group.passed), []);
  assert.equal(groups.length, 8);
});

Deno.test("checkParity() finds one gradient that is off by 1 %", async () => {
  const fixture = fullFixture(await runParity(inputsOf(learned)));
  const name = "backbone.layer2.0.conv1.weight";
  const values = numbers(fixture.tensors.get(`grad.${name}`)!).map((value) => value * 1.01);
  (fixture.tensors as Map<string, StoredTensor>).set(`grad.${name}`, {
    ...fixture.tensors.get(`grad.${name}`)!,
    bytes: new Uint8Array(values.buffer as ArrayBuffer),
  });
  const wrong = (await checkParity(fixture)).filter((group) => !group.passed);
  assert.deepEqual(wrong.map(({ group, worst }) => [group, worst]), [["gradients, step 0", name]]);
  assert.ok(Math.abs(wrong[0].error - 0.01) < 1e-3);
});

Deno.test("checkParity() names a tensor that the fixture lacks", async () => {
  const fixture = fullFixture(await runParity(inputsOf(learned)));
  (fixture.tensors as Map<string, StoredTensor>).delete("d_near.1");
  await assert.rejects(checkParity(fixture), /lacks the tensor "d_near\.1"/);
});

function inputsOf(fixture: Fixture): ParityInputs {
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
  const before = new Map(
    Object.entries(fixture.shapes as Record<string, number[]>).map((
      [name, shape],
    ) => [name, before_(fixture, name, shape)]),
  );
  return { inputs, before, masks: fixture.masks as "learned" | "fixed" };
}

function before_(fixture: Fixture, name: string, shape: number[]): StoredTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  if (name.endsWith("num_batches_tracked")) {
    const value = BigInt64Array.of(BigInt(formulaTensor(name, 1)[0]));
    return { dtype: "int64", shape, bytes: new Uint8Array(value.buffer) };
  }
  if (name === "masks.weight" && fixture.masks === "fixed") {
    return float64(Float64Array.from(disjointMasks(shape[0], shape[1], 0)), shape);
  }
  return float64(formulaTensor(name, count), shape);
}

function float64(values: Float64Array<ArrayBuffer>, shape: number[]): StoredTensor {
  return { dtype: "float64", shape, bytes: new Uint8Array(values.buffer) };
}

/** A whole fixture, as anyone's PyTorch program would write it, of what csn computed. */
function fullFixture(run: ParityRun): StoredTensors {
  const { inputs, before } = inputsOf(learned);
  const tensors = new Map(inputs);
  for (const [name, tensor] of before) tensors.set(`before.${name}`, tensor);
  run.steps.forEach((step, k) => {
    tensors.set(`loss.${k}`, float64(Float64Array.of(step.loss), []));
    tensors.set(`d_far.${k}`, float64(Float64Array.from(step.far), [step.far.length]));
    tensors.set(`d_near.${k}`, float64(Float64Array.from(step.near), [step.near.length]));
  });
  for (const [name, tensor] of run.gradients) tensors.set(`grad.${name}`, tensor);
  for (const [name, tensor] of run.after) tensors.set(`after.${name}`, tensor);
  tensors.set("embedding", run.embedding);
  return { tensors, metadata: {} };
}

interface Kept {
  readonly norm: number;
  readonly projections: number[];
}

function checkKept(found: ReadonlyMap<string, StoredTensor>, expected: object, what: string): void {
  assert.deepEqual([...found.keys()].sort(), Object.keys(expected).sort());
  for (const [name, kept] of Object.entries(expected as Record<string, Kept>)) {
    const values = numbers(found.get(name)!);
    near(norm(values), kept.norm, `${what}${name}, norm`);
    for (let k = 0; k < projections; k++) {
      // A projection may nearly cancel: it is held against the tensor's norm.
      const difference = Math.abs(projection(name, k, values) - kept.projections[k]);
      assert.ok(
        difference <= limit * Math.max(kept.norm, 1e-12) * 100,
        `${what}${name}, projection ${k}: off by ${difference}`,
      );
    }
  }
}

function numbers({ dtype, bytes }: StoredTensor): Float64Array {
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
