import assert from "node:assert/strict";
import { CsnError, UsageError } from "../../../src/base/errors.ts";
import { deviceOf } from "../../../src/cli/processes/device_of.ts";
import type { Launcher, Place } from "../../../src/distributed/place.ts";

const placeOf = (local: number, localWorld: number, from: Launcher = "torchrun"): Place => ({
  ...{ rank: local, world: 8, local, localWorld, round: 0, from },
  store: { kind: "tcp", host: "node1", port: 29_500, serve: false },
});

const wish = (asked?: string, stored?: string) => ({ asked, stored });

Deno.test("deviceOf() gives each process of a machine the GPU of its number", () => {
  for (const asked of [undefined, "auto", "cuda"]) {
    assert.equal(deviceOf(placeOf(1, 2), wish(asked), 2), "cuda:1");
    assert.equal(deviceOf(placeOf(0, 2), wish(asked), 8), "cuda:0");
  }
  // A run that goes on was stored with rank 0's device.
  assert.equal(deviceOf(placeOf(1, 2), wish(undefined, "cuda:0"), 2), "cuda:1");
});

Deno.test("deviceOf() is the processor where that is meant, or there is no GPU", () => {
  assert.equal(deviceOf(placeOf(1, 2), wish("cpu"), 2), "cpu");
  assert.equal(deviceOf(placeOf(1, 2), wish("auto"), 0), "cpu");
  assert.equal(deviceOf(placeOf(1, 2), wish(undefined, "cpu"), 2), "cpu");
});

Deno.test("deviceOf() leaves it to train to warn when a run goes on without its GPU", () => {
  assert.equal(deviceOf(placeOf(1, 2), wish(undefined, "cuda:0"), 0), undefined);
});

Deno.test("deviceOf() refuses fewer GPUs than processes, and one GPU for several", () => {
  assert.throws(() => deviceOf(placeOf(1, 4), wish("auto"), 2), (error) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, /^Cannot compute in 4 processes on 2 GPUs: .*start 2 on this mach/);
    return true;
  });
  assert.throws(() => deviceOf(placeOf(1, 2), wish("cuda:1"), 2), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /pass --device cuda, which gives each process the GPU of its/);
    return true;
  });
  assert.equal(deviceOf(placeOf(0, 1), wish("cuda:1"), 2), "cuda:1");
});

Deno.test("deviceOf() understands that Slurm may show each task a GPU of its own", () => {
  assert.equal(deviceOf(placeOf(3, 4, "slurm"), wish("auto"), 1), "cuda:0");
  assert.throws(() => deviceOf(placeOf(3, 4, "torchrun"), wish("auto"), 1), /on 1 GPU: each/);
});

Deno.test("deviceOf() refuses what is no device", () => {
  assert.throws(() => deviceOf(placeOf(0, 2), wish("tpu"), 2), /Cannot compute on "tpu"/);
});
