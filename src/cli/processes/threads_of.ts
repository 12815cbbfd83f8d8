import type { Place } from "../../distributed/place.ts";
import { numberOf } from "../../distributed/place_variables.ts";
import type { StartOptions } from "../../native/start.ts";

/** Variables by which users say the number of threads themselves. */
const ofUser = ["OMP_NUM_THREADS", "MKL_NUM_THREADS"] as const;

/**
 * How many threads a process gets that is one of several: those that were asked for, else its share.
 * Slurm may have given each of its tasks processors of its own, and then says how many; all other
 * launchers leave the machine's to all.
 */
export function threadsOf(
  place: Place | null,
  threads: number | undefined,
  env: (name: string) => string | undefined,
): Pick<StartOptions, "threads" | "processes"> {
  const processes = place?.localWorld;
  const isChosen = threads !== undefined || ofUser.some((name) => env(name));
  if (place?.from !== "slurm" || isChosen) return { threads, processes };
  const onNode = numberOf(env, "SLURM_CPUS_ON_NODE");
  const share = onNode === undefined ? undefined : Math.floor(onNode / place.localWorld);
  const ofTask = numberOf(env, "SLURM_CPUS_PER_TASK") ?? share;
  return { threads: ofTask === undefined ? undefined : Math.max(1, ofTask), processes };
}
