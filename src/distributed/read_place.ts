import { UsageError } from "../base/errors.ts";
import type { Place, TcpStore } from "./place.ts";
import {
  checkBelow,
  type Environment,
  numberOf,
  placeError,
  portOf,
  textOf,
} from "./place_variables.ts";
import { slurmPlace } from "./slurm_place.ts";

/** The file in which the processes meet that csn itself has started. */
export const storeVariable = "CSN_STORE";

/**
 * Who this process is, by the variables of the launcher that started it; null where it computes
 * alone. Slurm's variables count only with `distributed`, because every command within an
 * allocation has them. Throws a CsnError that says what is missing where the variables are not whole
 * or contradict each other, and a UsageError for `distributed` where there is no launcher.
 */
export function readPlace(
  env: Environment,
  { distributed = false }: { readonly distributed?: boolean } = {},
): Place | null {
  const [rank, world] = [numberOf(env, "RANK"), numberOf(env, "WORLD_SIZE")];
  if (rank !== undefined && world !== undefined) return launchedPlace(env, rank, world);
  if (rank !== undefined) {
    throw placeError(
      `RANK=${rank} is set, but not WORLD_SIZE, the number of all processes; set it, or unset ` +
        "RANK to compute in one process",
    );
  }
  if (world !== undefined) {
    throw placeError(
      `WORLD_SIZE=${world} is set, but not RANK, the number of this process from 0; set it, or ` +
        "unset WORLD_SIZE to compute in one process",
    );
  }
  if (!distributed) return null;
  const place = slurmPlace(env);
  if (place !== null) return place;
  throw new UsageError(
    "`distributed` joins the processes that a launcher has started, but neither RANK and " +
      "WORLD_SIZE nor SLURM_PROCID is set; start the program with torchrun or srun, or several " +
      "processes on this machine with `processes`",
  );
}

/** The place that RANK and WORLD_SIZE give, and the variables beside them. */
function launchedPlace(env: Environment, rank: number, world: number): Place {
  checkBelow(["RANK", rank], ["WORLD_SIZE", world]);
  const path = textOf(env, storeVariable);
  const isTorchrun = textOf(env, "TORCHELASTIC_RUN_ID") !== undefined;
  return {
    rank,
    world,
    ...localPlace(env, world),
    store: path === undefined ? tcpStore(env, rank) : { kind: "file", path },
    round: path === undefined ? numberOf(env, "TORCHELASTIC_RESTART_COUNT") ?? 0 : 0,
    from: path !== undefined ? "csn" : isTorchrun ? "torchrun" : "environment",
  };
}

/** A launcher that names no LOCAL_RANK, as Kubeflow, starts one process on a machine. */
function localPlace(env: Environment, world: number): Pick<Place, "local" | "localWorld"> {
  const local = numberOf(env, "LOCAL_RANK") ?? 0;
  const localWorld = numberOf(env, "LOCAL_WORLD_SIZE");
  if (localWorld === undefined && textOf(env, "LOCAL_RANK") !== undefined) {
    throw placeError(
      `LOCAL_RANK=${local} is set, but not LOCAL_WORLD_SIZE, the number of this machine's ` +
        "processes, among which its processors are divided; set it",
    );
  }
  if (localWorld !== undefined) {
    checkBelow(["LOCAL_RANK", local], ["LOCAL_WORLD_SIZE", localWorld]);
    if (localWorld > world) {
      throw placeError(
        `LOCAL_WORLD_SIZE=${localWorld}, but WORLD_SIZE=${world}: this machine cannot have more ` +
          "processes than there are",
      );
    }
  }
  return { local, localWorld: localWorld ?? 1 };
}

function tcpStore(env: Environment, rank: number): TcpStore {
  const [host, port] = [textOf(env, "MASTER_ADDR"), portOf(env, "MASTER_PORT")];
  if (host === undefined || port === undefined) {
    const missing = [
      ...(host === undefined ? ["MASTER_ADDR, the address of rank 0's machine"] : []),
      ...(port === undefined ? ["MASTER_PORT, a port that is free there"] : []),
    ].join(", and ");
    throw placeError(
      `RANK and WORLD_SIZE are set, but not ${missing}; set ${
        host === undefined && port === undefined ? "them" : "it"
      }, or unset RANK and WORLD_SIZE to compute in one process`,
    );
  }
  const isAgents = textOf(env, "TORCHELASTIC_USE_AGENT_STORE") === "True";
  return { kind: "tcp", host, port, serve: rank === 0 && !isAgents };
}
