import assert from "node:assert/strict";
import { defaultConfig } from "../../src/model/config.ts";
import { zeros } from "../../src/tensor/operators.ts";
import { stepError } from "../../src/training/train_messages.ts";

const config = { ...defaultConfig, data: "/set", notions: ["a"], batchSize: 9 };

Deno.test("stepError() says what to do when memory has run out, in libtorch's own words for it", () => {
  let raised: unknown;
  try {
    zeros([2 ** 50]).dispose();
  } catch (error) {
    raised = error;
  }
  assert.match(
    (stepError(raised, config) as Error).message,
    /^Memory of cpu ran out in a step of 9 triplets \(`batchSize`\) at 112 pixels: .*; pass `batchSize: 4`, or `precision: "bf16"`$/,
  );
  const { message } = stepError(raised, { ...config, batchSize: 1, precision: "bf16" }) as Error;
  assert.match(message, /pass `batchSize: 1`$/);
});

Deno.test("stepError() leaves other errors as they are", () => {
  const other = new Error("the sizes differ");
  assert.equal(stepError(other, config), other);
});
