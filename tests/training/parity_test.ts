import assert from "node:assert/strict";
import type { StoredTensor, StoredTensors } from "../../src/tensor/safetensors.ts";
import { checkParity, type ParityRun, runParity } from "../../src/training/parity.ts";
import {
  checkFirstStep,
  checkRun,
  fixtures,
  float64,
  inputsOf,
  numbers,
} from "../helpers/parity_fixture.ts";

const { learned } = fixtures;

for (const fixture of Object.values(fixtures)) {
  Deno.test(`runParity() computes PyTorch's steps with ${fixture.masks} masks`, async () => {
    checkRun(await runParity(inputsOf(fixture)), fixture);
  });
}

Deno.test("runParity() computes in float32 and bf16 what it is told to, near to float64", async () => {
  const single = await runParity(inputsOf(learned), { precision: "float32" });
  assert.equal(single.embedding.dtype, "float32");
  checkFirstStep(single, learned, 1e-5);
  const half = await runParity(inputsOf(learned), { precision: "bf16" });
  checkFirstStep(half, learned, 5e-2);
  assert.throws(() => checkFirstStep(half, learned, 1e-5), /off by/);
});

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

Deno.test("checkParity() holds bf16 against loss and distances of step 0, of 8 triplets or more", async () => {
  const run = await runParity(inputsOf(learned));
  const groups = await checkParity(fullFixture(run), { precision: "bf16" });
  assert.deepEqual(groups.map(({ group, limit, passed }) => [group, limit, passed]), [
    ["loss, step 0", 5e-2, true],
    ["distances, step 0", 5e-2, true],
  ]);
  const few = fullFixture(run);
  const condition = few.tensors.get("in.condition")!;
  (few.tensors as Map<string, StoredTensor>).set("in.condition", { ...condition, shape: [7] });
  await assert.rejects(
    checkParity(few, { precision: "bf16" }),
    /fixture of 7 triplets: it takes 8; make one with a batch of 8 \(.*make_parity\.py\)/,
  );
});

Deno.test("checkParity() names a tensor that the fixture lacks", async () => {
  const fixture = fullFixture(await runParity(inputsOf(learned)));
  (fixture.tensors as Map<string, StoredTensor>).delete("d_near.1");
  await assert.rejects(checkParity(fixture), /lacks the tensor "d_near\.1"/);
});

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
