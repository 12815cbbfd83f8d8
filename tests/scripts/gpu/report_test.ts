import assert from "node:assert/strict";
import { ratioFound, speedFound } from "../../../scripts/gpu/bench_part.ts";
import { type Check, look } from "../../../scripts/gpu/check.ts";
import { parityFound } from "../../../scripts/gpu/parity_part.ts";
import { reportOf, reportText } from "../../../scripts/gpu/report.ts";
import { agreement } from "../../../scripts/gpu/train_part.ts";
import { CsnError } from "../../../src/base/errors.ts";

const machine = {
  ...{ gpu: "NVIDIA H200", processor: "A processor", cores: 16 },
  ...{ torch: "2.11.0+cu130", deno: "2.9.6", csn: "abc123" },
};

const good: Check = {
  part: "parity",
  what: "float64",
  wanted: "within 1e-9",
  passed: true,
  found: "loss: 1e-15",
};

Deno.test("reportText() names the machine and has a line a check", () => {
  const bad = {
    ...good,
    part: "bench",
    what: "step",
    passed: false,
    found: "9\nthousand",
  } as const;
  assert.equal(
    reportText(reportOf(machine, "cuda", [good, bad])),
    `NVIDIA H200; A processor, 16 cores; torch 2.11.0+cu130, Deno 2.9.6, csn abc123; on cuda

part    check            found        wanted
------  -------  ------  -----------  -----------
parity  float64  ok      loss: 1e-15  within 1e-9
bench   step     FAILED  9 thousand   within 1e-9

1 of 2 checks failed.`,
  );
});

Deno.test("reportOf() passes only when there are checks and all do", () => {
  assert.equal(reportOf(machine, "cuda", [good, good]).passed, true);
  assert.equal(reportOf(machine, "cuda", [good, { ...good, passed: false }]).passed, false);
  assert.equal(reportOf(machine, "cuda", []).passed, false);
});

Deno.test("look() makes a failed check of what is thrown", async () => {
  const check = await look("setup", "a thing", "that it works", () => {
    return Promise.reject(new CsnError("it broke"));
  });
  assert.deepEqual(check, {
    ...{ part: "setup", what: "a thing", wanted: "that it works" },
    ...{ passed: false, found: "it broke" },
  });
});

Deno.test("parityFound() names the group nearest to its limit, and infinity, which JSON has as null", () => {
  const group = (name: string, error: number, limit: number) => ({
    ...{ group: name, error, limit, worst: "x", passed: error <= limit },
  });
  const groups = [group("loss", 2e-6, 1e-5), group("distances", 4e-3, 5e-3)];
  assert.deepEqual(parityFound({ passed: true, groups }), {
    passed: true,
    found: "distances: 4.0e-3 of 5.0e-3",
  });
  const broken = { ...group("loss", 0, 1e-5), error: null as unknown as number };
  assert.equal(
    parityFound({ passed: false, groups: [...groups, broken] }).found,
    "loss: Infinity of 1.0e-5",
  );
});

Deno.test("agreement() allows the spread of seeds, and at least two standard errors", () => {
  // sqrt(0.9 * 0.1 / 900) = 0.01
  assert.equal(agreement([0.919], [0.9], 900).passed, true);
  assert.equal(agreement([0.879], [0.9], 900).passed, false);
  assert.equal(agreement([0.85, 0.87], [0.88, 0.92], 1e9).passed, true);
  assert.equal(agreement([0.85, 0.87], [0.89, 0.91], 1e9).passed, false);
  assert.equal(agreement([], [0.9], 900).passed, false);
  assert.match(agreement([0.5], [0.6], 1e9).found, /mean 50\.00 % of 50\.00 %: -10\.00 points/);
});

Deno.test("speedFound() and ratioFound() hold figures against their targets", () => {
  const ratio = { median: 1.02, least: 0.9, most: 1.1 };
  const step = (csn: number) => ({
    ...{ item: "step", work: "training, 112 px, batch 256", against: "tuned" },
    ...{ unit: "triplets/s" as const, csn, pytorch: 1, ratio, repeats: 5 },
  });
  assert.deepEqual(speedFound([step(17_000), step(18_000)], true), {
    passed: true,
    found: "17000 triplets/s: training, 112 px, batch 256",
  });
  assert.equal(speedFound([step(16_999), step(18_000)], true).passed, false);
  assert.equal(speedFound([step(10)], false).passed, true);
  assert.equal(speedFound([], false).passed, false);
  assert.deepEqual(ratioFound(ratio, 1), { passed: true, found: "1.02 (0.90 to 1.10)" });
  assert.equal(ratioFound(ratio, 10).passed, false);
});
