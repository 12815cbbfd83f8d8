import assert from "node:assert/strict";
import { firstHost, slurmPlace, tasksPerNode } from "../../src/distributed/slurm_place.ts";

const reading = (variables: Record<string, string>) => (name: string) => variables[name];

/** What srun sets for the fifth of seven tasks on three machines. */
const step = {
  SLURM_PROCID: "4",
  SLURM_STEP_NUM_TASKS: "7",
  SLURM_NTASKS: "12",
  SLURM_LOCALID: "1",
  SLURM_NODEID: "1",
  SLURM_STEP_TASKS_PER_NODE: "3(x2),1",
  SLURM_TASKS_PER_NODE: "4(x3)",
  SLURM_STEP_NODELIST: "gpu[08-10]",
  SLURM_JOB_NODELIST: "gpu[07-10]",
  SLURM_JOB_ID: "90210",
  SLURM_STEP_ID: "3",
};

function refused(variables: Record<string, string>, message: RegExp) {
  assert.throws(() => slurmPlace(reading(variables)), message);
}

Deno.test("firstHost() reads a list of machines as Slurm writes it", () => {
  for (
    const [list, first] of [
      ["node[003-007,9],x", "node003"],
      ["x,node[003-007]", "x"],
      ["localhost", "localhost"],
      ["rack[1-2]n[04,06-09]", "rack1n04"],
      ["gpu[12,14-16]-ib,login", "gpu12-ib"],
      ["node-a.example.org,node-b", "node-a.example.org"],
    ]
  ) assert.equal(firstHost(list), first);
});

Deno.test("firstHost() refuses what is no such list", () => {
  for (const list of ["", ",a", "node[003", "node]", "node[a-b]", "a[1]]"]) {
    assert.throws(() => firstHost(list), /is no list of machines.*set MASTER_ADDR/);
  }
});

Deno.test("tasksPerNode() reads repetitions", () => {
  assert.deepEqual(tasksPerNode("2(x3),1"), [2, 2, 2, 1]);
  assert.deepEqual(tasksPerNode("4"), [4]);
  assert.throws(() => tasksPerNode("2(3)"), /is no list of tasks/);
});

Deno.test("slurmPlace() is null outside Slurm", () => {
  assert.equal(slurmPlace(reading({ SLURM_NTASKS: "2" })), null);
});

Deno.test("slurmPlace() prefers the step's own numbers to the job's", () => {
  assert.deepEqual(slurmPlace(reading(step)), {
    rank: 4,
    world: 7,
    local: 1,
    localWorld: 3,
    store: { kind: "tcp", host: "gpu08", port: 15_213, serve: false },
    round: 0,
    from: "slurm",
  });
});

Deno.test("slurmPlace() takes MASTER_ADDR and MASTER_PORT where they are set; rank 0 serves", () => {
  const first = {
    ...step,
    SLURM_PROCID: "0",
    SLURM_LOCALID: "0",
    SLURM_NODEID: "0",
    MASTER_ADDR: "10.0.0.8",
    MASTER_PORT: "4000",
  };
  assert.deepEqual(slurmPlace(reading(first))!.store, {
    kind: "tcp",
    host: "10.0.0.8",
    port: 4000,
    serve: true,
  });
});

Deno.test("slurmPlace() counts the restarts of a job that was put back into the queue", () => {
  assert.equal(slurmPlace(reading({ ...step, SLURM_RESTART_COUNT: "1" }))!.round, 1);
});

Deno.test("slurmPlace() refuses what is not whole, and names what is missing", () => {
  refused({ SLURM_PROCID: "0" }, /not SLURM_NTASKS, .* start the command with srun/);
  const { SLURM_STEP_TASKS_PER_NODE: _, SLURM_TASKS_PER_NODE: __, ...noTasks } = step;
  refused(noTasks, /not SLURM_TASKS_PER_NODE/);
  assert.equal(slurmPlace(reading({ ...noTasks, SLURM_NTASKS_PER_NODE: "2" }))!.localWorld, 2);
  const { SLURM_STEP_NODELIST: ___, SLURM_JOB_NODELIST: ____, ...noList } = step;
  refused(noList, /not SLURM_STEP_NODELIST/);
  const { SLURM_JOB_ID: _____, ...noJob } = step;
  refused(noJob, /not SLURM_JOB_ID/);
  refused({ ...step, SLURM_PROCID: "7" }, /SLURM_PROCID=7, but SLURM_STEP_NUM_TASKS=7/);
  refused({ ...step, SLURM_LOCALID: "3" }, /SLURM_LOCALID=3, but the machine's tasks=3/);
  refused({ ...step, SLURM_NODEID: "3" }, /SLURM_NODEID=3, but the machines of .*=3/);
});
