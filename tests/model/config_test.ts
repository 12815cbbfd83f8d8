import assert from "node:assert/strict";
import { defaultConfig, learningRateOf, type TrainConfig } from "../../src/model/config.ts";

Deno.test("learningRateOf() falls by 1.5 % each epoch, and did so before the first", () => {
  const config: TrainConfig = { ...defaultConfig, data: "/", notions: ["a"], learningRate: 0.5 };
  const expected = [0.4925, 0.4851125, 0.4778358125];
  expected.forEach((rate, i) => {
    assert.ok(Math.abs(learningRateOf(config, i + 1) - rate) < 1e-12, `epoch ${i + 1}`);
  });
});
