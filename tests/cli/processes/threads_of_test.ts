import assert from "node:assert/strict";
import { threadsOf } from "../../../src/cli/processes/threads_of.ts";
import type { Launcher, Place } from "../../../src/distributed/place.ts";

const placeFrom = (from: Launcher): Place => ({
  ...{ rank: 1, world: 8, local: 1, localWorld: 4, round: 0, from },
  store: { kind: "tcp", host: "node1", port: 29_500, serve: false },
});

const reading = (variables: Record<string, string>) => (name: string) => variables[name];

const slurm = { SLURM_CPUS_ON_NODE: "14", SLURM_CPUS_PER_TASK: "3" };

Deno.test("threadsOf() asks for a share of the machine where the launcher leaves it to all", () => {
  for (const from of ["csn", "torchrun", "environment"] as const) {
    assert.deepEqual(threadsOf(placeFrom(from), undefined, reading(slurm)), {
      threads: undefined,
      processes: 4,
    });
  }
  assert.deepEqual(threadsOf(null, undefined, reading(slurm)), {
    threads: undefined,
    processes: undefined,
  });
});

Deno.test("threadsOf() takes what Slurm gave to the task, or the task's share of the node", () => {
  const threads = (variables: Record<string, string>) =>
    threadsOf(placeFrom("slurm"), undefined, reading(variables)).threads;
  assert.equal(threads(slurm), 3);
  assert.equal(threads({ SLURM_CPUS_ON_NODE: "14" }), 3);
  assert.equal(threads({ SLURM_CPUS_ON_NODE: "2" }), 1);
  assert.equal(threads({}), undefined);
});

Deno.test("threadsOf() lets the user's own number stand", () => {
  assert.equal(threadsOf(placeFrom("slurm"), 2, reading(slurm)).threads, 2);
  const variables = { ...slurm, OMP_NUM_THREADS: "6" };
  assert.equal(threadsOf(placeFrom("slurm"), undefined, reading(variables)).threads, undefined);
});
