import type { Place } from "./place.ts";
import {
  checkBelow,
  type Environment,
  numberOf,
  placeError,
  portOf,
  textOf,
} from "./place_variables.ts";

/** The ports of jobs: 15000 and the last four digits of the job's number. */
const firstPort = 15_000;

/**
 * Who this process is among those that srun started, by Slurm's variables; null where there are
 * none. The processes meet at the first machine of the step, unless MASTER_ADDR names another.
 * Throws a CsnError that says what is missing.
 */
export function slurmPlace(env: Environment): Place | null {
  const rank = numberOf(env, "SLURM_PROCID");
  if (rank === undefined) return null;
  const worldName = firstSet(env, ["SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"]);
  if (worldName === undefined) throw missing("SLURM_NTASKS, the number of all processes,");
  const world = numberOf(env, worldName)!;
  checkBelow(["SLURM_PROCID", rank], [worldName, world]);
  const local = numberOf(env, "SLURM_LOCALID") ?? 0;
  const localWorld = localTasks(env);
  if (localWorld === undefined) {
    throw missing("SLURM_TASKS_PER_NODE, the number of this machine's processes,");
  }
  checkBelow(["SLURM_LOCALID", local], ["the machine's tasks", localWorld]);
  return {
    rank,
    world,
    local,
    localWorld,
    store: { kind: "tcp", host: hostOf(env), port: portOfJob(env), serve: rank === 0 },
    round: numberOf(env, "SLURM_RESTART_COUNT") ?? 0,
    from: "slurm",
  };
}

/** The first host of a list as Slurm writes it: "node003" of "node[003-007,9],x". */
export function firstHost(list: string): string {
  // Up to the first comma that stands in no brackets; of each bracket the first number.
  const first = /^(?:[^,[\]]|\[[^[\]]*\])*/.exec(list)![0];
  const host = first.replaceAll(/\[(\d+)[^\]]*\]/g, "$1");
  const rest = list.slice(first.length);
  if (host === "" || /[[\]]/.test(host) || (rest !== "" && !rest.startsWith(","))) {
    throw placeError(
      `"${list}" is no list of machines as Slurm writes it; set MASTER_ADDR to the address of ` +
        "rank 0's machine",
    );
  }
  return host;
}

/** Tasks on each machine, of a text such as "2(x3),1": 2, 2, 2 and 1. */
export function tasksPerNode(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [, tasks, times = "1"] = /^(\d{1,6})(?:\(x(\d{1,6})\))?$/.exec(part) ?? [];
    if (tasks === undefined) {
      throw placeError(`"${text}" is no list of tasks for each machine as Slurm writes it`);
    }
    return new Array<number>(Number(times)).fill(Number(tasks));
  });
}

/** The tasks of this machine. */
function localTasks(env: Environment): number | undefined {
  const name = firstSet(env, ["SLURM_STEP_TASKS_PER_NODE", "SLURM_TASKS_PER_NODE"]);
  if (name === undefined) return numberOf(env, "SLURM_NTASKS_PER_NODE");
  const tasks = tasksPerNode(textOf(env, name)!);
  const node = numberOf(env, "SLURM_NODEID") ?? 0;
  checkBelow(["SLURM_NODEID", node], [`the machines of ${name}`, tasks.length]);
  return tasks[node];
}

function hostOf(env: Environment): string {
  const host = textOf(env, "MASTER_ADDR");
  if (host !== undefined) return host;
  const name = firstSet(env, ["SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST"]);
  if (name === undefined) throw missing("SLURM_STEP_NODELIST, the machines,");
  return firstHost(textOf(env, name)!);
}

/** One for each step of a job, because steps of one job may run at once. */
function portOfJob(env: Environment): number {
  const port = portOf(env, "MASTER_PORT");
  if (port !== undefined) return port;
  const job = numberOf(env, "SLURM_JOB_ID");
  if (job === undefined) throw missing("SLURM_JOB_ID, from which the port is made,");
  return firstPort + (job + (numberOf(env, "SLURM_STEP_ID") ?? 0)) % 10_000;
}

function firstSet(env: Environment, names: readonly string[]): string | undefined {
  return names.find((name) => textOf(env, name) !== undefined);
}

function missing(what: string): Error {
  return placeError(
    `SLURM_PROCID is set, but not ${what} which srun sets; start the command with srun`,
  );
}
