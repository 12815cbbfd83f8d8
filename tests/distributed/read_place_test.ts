import assert from "node:assert/strict";
import { CsnError, UsageError } from "../../src/base/errors.ts";
import { readPlace } from "../../src/distributed/read_place.ts";

const reading = (variables: Record<string, string>) => (name: string) => variables[name];

/** What torchrun sets for its second process of four, on the second of two machines. */
const torchrun = {
  RANK: "3",
  WORLD_SIZE: "4",
  LOCAL_RANK: "1",
  LOCAL_WORLD_SIZE: "2",
  MASTER_ADDR: "node1",
  MASTER_PORT: "29500",
  TORCHELASTIC_RUN_ID: "none",
  TORCHELASTIC_RESTART_COUNT: "2",
  TORCHELASTIC_USE_AGENT_STORE: "True",
};

/** What Kubeflow sets for its first process of two. */
const kubeflow = { RANK: "0", WORLD_SIZE: "2", MASTER_ADDR: "job-0", MASTER_PORT: "23456" };

function without(variables: Record<string, string>, ...names: string[]) {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}

function refused(variables: Record<string, string>, message: RegExp) {
  assert.throws(() => readPlace(reading(variables)), (error) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, /^Cannot join the other processes: /);
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("readPlace() is null where nothing says that there are other processes", () => {
  assert.equal(readPlace(reading({})), null);
  assert.equal(readPlace(reading({ RANK: "", WORLD_SIZE: "", MASTER_ADDR: "node1" })), null);
});

Deno.test("readPlace() reads what torchrun sets; its agent serves the store", () => {
  assert.deepEqual(readPlace(reading(torchrun)), {
    rank: 3,
    world: 4,
    local: 1,
    localWorld: 2,
    store: { kind: "tcp", host: "node1", port: 29500, serve: false },
    round: 2,
    from: "torchrun",
  });
  const first = readPlace(reading({ ...torchrun, RANK: "0", LOCAL_RANK: "0" }))!;
  assert.equal(first.store.kind === "tcp" && first.store.serve, false);
  const own = { ...torchrun, RANK: "0", TORCHELASTIC_USE_AGENT_STORE: "False" };
  const { store } = readPlace(reading(own))!;
  assert.equal(store.kind === "tcp" && store.serve, true);
});

Deno.test("readPlace() takes a launcher without LOCAL_RANK for one process a machine", () => {
  assert.deepEqual(readPlace(reading(kubeflow)), {
    rank: 0,
    world: 2,
    local: 0,
    localWorld: 1,
    store: { kind: "tcp", host: "job-0", port: 23456, serve: true },
    round: 0,
    from: "environment",
  });
});

Deno.test("readPlace() takes the file of csn's own processes before any address", () => {
  const variables = { ...torchrun, RANK: "1", CSN_STORE: "/tmp/a b" };
  assert.deepEqual(readPlace(reading(variables)), {
    rank: 1,
    world: 4,
    local: 1,
    localWorld: 2,
    store: { kind: "file", path: "/tmp/a b" },
    round: 0,
    from: "csn",
  });
});

Deno.test("readPlace() gives a world of one its place", () => {
  const alone = readPlace(reading({ ...kubeflow, WORLD_SIZE: "1" }))!;
  assert.deepEqual([alone.rank, alone.world, alone.localWorld], [0, 1, 1]);
});

Deno.test("readPlace() refuses an environment that is half set, and names what is missing", () => {
  refused({ RANK: "1" }, /RANK=1 is set, but not WORLD_SIZE, .*or unset RANK to compute/);
  refused({ WORLD_SIZE: "2" }, /WORLD_SIZE=2 is set, but not RANK, .*or unset WORLD_SIZE to/);
  refused(
    without(kubeflow, "MASTER_ADDR"),
    /but not MASTER_ADDR, [^,]*; set it, or unset RANK and/,
  );
  refused(
    without(kubeflow, "MASTER_PORT"),
    /but not MASTER_PORT, [^,]*; set it, or unset RANK and/,
  );
  refused(
    without(kubeflow, "MASTER_ADDR", "MASTER_PORT"),
    /but not MASTER_ADDR, .*, and MASTER_PORT, [^,]*; set them, or/,
  );
  refused(without(torchrun, "LOCAL_WORLD_SIZE"), /LOCAL_RANK=1 is set, but not LOCAL_WORLD_SIZE/);
});

Deno.test("readPlace() refuses numbers that contradict each other or are none", () => {
  refused({ ...kubeflow, RANK: "2" }, /RANK=2, but WORLD_SIZE=2: counted from 0, the last is 1/);
  refused({ ...kubeflow, WORLD_SIZE: "0" }, /WORLD_SIZE=0: counted from 0, there is no process/);
  refused({ ...torchrun, LOCAL_RANK: "2" }, /LOCAL_RANK=2, but LOCAL_WORLD_SIZE=2/);
  refused({ ...torchrun, LOCAL_WORLD_SIZE: "5" }, /LOCAL_WORLD_SIZE=5, but WORLD_SIZE=4/);
  refused({ ...kubeflow, RANK: "one" }, /RANK=one is no whole number/);
  refused({ ...kubeflow, RANK: "-1" }, /RANK=-1 is no whole number/);
  refused(
    { ...kubeflow, MASTER_PORT: "0" },
    /MASTER_PORT=0 is no port; it must be from 1 to 65535/,
  );
  refused({ ...kubeflow, MASTER_PORT: "65536" }, /MASTER_PORT=65536 is no port/);
});

const slurm = {
  SLURM_PROCID: "1",
  SLURM_NTASKS: "2",
  SLURM_LOCALID: "1",
  SLURM_TASKS_PER_NODE: "2",
  SLURM_STEP_NODELIST: "node[003-007,9],x",
  SLURM_JOB_ID: "1234567",
};

Deno.test("readPlace() heeds Slurm's variables only with distributed", () => {
  assert.equal(readPlace(reading(slurm)), null);
  const { from, rank, store } = readPlace(reading(slurm), { distributed: true })!;
  assert.deepEqual([from, rank], ["slurm", 1]);
  assert.deepEqual(store, { kind: "tcp", host: "node003", port: 19567, serve: false });
});

Deno.test("readPlace() takes RANK before Slurm's variables, as torchrun within srun sets it", () => {
  const place = readPlace(reading({ ...slurm, ...torchrun }), { distributed: true })!;
  assert.deepEqual([place.from, place.rank, place.world], ["torchrun", 3, 4]);
});

Deno.test("readPlace() refuses distributed where no launcher is", () => {
  assert.throws(() => readPlace(reading({}), { distributed: true }), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /^`distributed` joins .* start the program with torchrun or srun/);
    return true;
  });
});
