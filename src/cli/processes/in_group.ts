import { CsnError, messageOf } from "../../base/errors.ts";
import { isOfFirst } from "../../distributed/all_or_none.ts";
import { GroupError } from "../../distributed/group_error.ts";
import type { Place } from "../../distributed/place.ts";
import { ProcessGroup, type ProcessGroupOptions } from "../../distributed/process_group.ts";
import { StoppedElsewhere } from "../../distributed/stopped_elsewhere.ts";
import { failureLine } from "../failure_line.ts";
import { exitCodes, type Interruption } from "../interruption.ts";
import { StoppedError } from "../stopped_error.ts";
import { leaveNow, starterGone } from "./starter_gone.ts";

/** How a process carries out its part. */
export interface GroupOptions extends ProcessGroupOptions {
  readonly interruption: Interruption;
  /** What is said when a signal stopped the work; by default `work` says it. */
  readonly stopped?: string;
  /** Whether a failure is shown with where it came from. */
  readonly verbose?: boolean;
}

/**
 * Does `work` with the other processes, once all have met; alone where there is no place. Whatever
 * fails is shown and ends this process at once: the others notice by the connections, which the
 * system closes only after the message is out.
 */
export async function inGroup(
  place: Place | null,
  options: GroupOptions,
  work: (group: ProcessGroup | undefined) => Promise<void>,
): Promise<void> {
  if (place === null) return await work(undefined);
  let group: ProcessGroup | undefined;
  try {
    group = await openGroup(place, options);
    await work(group);
    // Closing it asks for the file in which they met, and that is gone with the starter.
    if (starterGone.aborted) leaveNow(options.interruption.exitCode ?? 1);
    await group[Symbol.asyncDispose]();
  } catch (error) {
    const shown = stoppedTogether(error, options) ?? error;
    if (!isOfFirst(error)) console.error(failureLine(shown, options.verbose ?? false));
    // Who leaves because another one did has nothing to say of its own.
    if (!(error instanceof GroupError)) await group?.sayLastWords(messageOf(error));
    leaveNow(shown instanceof CsnError ? shown.exitCode : 1);
  }
}

/** Meets the others. Throws a StoppedError when a signal comes before they have. */
async function openGroup(place: Place, options: GroupOptions): Promise<ProcessGroup> {
  const { signal } = options.interruption;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () =>
    reject(
      new StoppedError(
        "the processes had not met yet; the same command begins again",
        options.interruption.exitCode!,
      ),
    );
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    return await Promise.race([ProcessGroup.open(place, options), promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Who is stopped, or stops because another one is, does not blame others. */
function stoppedTogether(
  error: unknown,
  { interruption: { exitCode, signal }, stopped }: GroupOptions,
): StoppedError | null {
  if (error instanceof StoppedElsewhere) {
    const found = stopped ??
      "another process was stopped, and all with it; the same command goes on";
    return new StoppedError(found, exitCode ?? exitCodes.SIGTERM, { cause: error });
  }
  if (exitCode === null) return null;
  const isStopped = error instanceof GroupError || error === signal.reason;
  if (stopped !== undefined && isStopped) return new StoppedError(stopped, exitCode);
  if (!(error instanceof GroupError)) return null;
  return new StoppedError(
    "other processes left before all could save together; go on from the last checkpoint",
    exitCode,
    { cause: error },
  );
}
