/** How many threads libtorch gets: its own default is one a core, of the whole machine. */

/** What of the machine this process may use. */
export interface Processors {
  /** Of the machine. */
  readonly processors: number;
  /** Those that the process's affinity leaves it (`taskset`, cpusets); 0 where that is not known. */
  readonly allowed: number;
  /** Computing time that its control groups allow it, in processors; 0 when they set no limit. */
  readonly quota: number;
  /** The control group that sets the quota. */
  readonly group: string;
}

/** A number of threads, and where it was taken from. */
export interface ThreadCount {
  readonly threads: number;
  /** For people, to stand behind the number. */
  readonly from: string;
}

/** Variables by which users say the number themselves; libtorch follows them. */
const ofUser = ["OMP_NUM_THREADS", "MKL_NUM_THREADS"] as const;

/**
 * The number for libtorch, whose own would be `own`: never more than the processors that the process may use,
 * and where several processes of the machine compute together, its share of them, but at least one.
 */
export function chooseThreads(
  own: number,
  found: Processors,
  variable: (name: string) => string | undefined,
  processes = 1,
): ThreadCount {
  const isLaunchers = isTorchrunsDefault(variable);
  const chosen = ofUser.find((name) => variable(name) && !(isLaunchers && name === launchersOwn));
  if (chosen !== undefined) return { threads: own, from: `with ${chosen}=${variable(chosen)}` };
  const { threads, from } = usableThreads(isLaunchers ? found.processors : own, found);
  if (processes === 1) return { threads, from };
  return {
    threads: Math.max(1, Math.floor(threads / processes)),
    from: `a share of ${threads} among ${processes} processes: ${from}`,
  };
}

/** What torchrun sets to 1 where its user sets nothing. */
const launchersOwn = "OMP_NUM_THREADS";

function isTorchrunsDefault(variable: (name: string) => string | undefined): boolean {
  return Boolean(variable("TORCHELASTIC_RUN_ID")) && variable(launchersOwn) === "1";
}

/**
 * All that the process may use.
 *
 * Part of a processor counts as a whole one: two threads use a quota of 150 % up, where one thread leaves a
 * third of it unused.
 */
function usableThreads(
  own: number,
  { processors, allowed, quota, group }: Processors,
): ThreadCount {
  const least = Math.min(own, processors, allowed || processors);
  if (quota > 0 && quota < processors && Math.ceil(quota) <= least) {
    const percent = `${Number((100 * quota).toFixed(1))} %`;
    return {
      threads: Math.ceil(quota),
      from: `from the container's quota of ${percent} of a processor (control group ${group})`,
    };
  }
  if (allowed > 0 && allowed < processors && allowed === least) {
    return {
      threads: least,
      from: `from the process's affinity: it may run on ${allowed} of ${processors} processors`,
    };
  }
  return { threads: least, from: `one a core of ${processors} processors` };
}
