/** What one rank does while others wait for it, so that all of them go on or none does. */
import { CsnError, messageOf } from "../base/errors.ts";
import type { ProcessGroup } from "./process_group.ts";
import { StoppedElsewhere } from "./stopped_elsewhere.ts";

/** How a rank's work ended: JSON that the ranks give one another. */
interface Ending {
  readonly value?: string;
  readonly error?: string;
  /** Whether its signal was aborted. */
  readonly stopped?: boolean;
}

/** What a rank's work has thrown. */
interface Failure {
  readonly error: unknown;
}

/** Errors that rank 0 has, too. */
const shared = new WeakSet<object>();

/** Whether rank 0 threw the same, of which it says what there is to say. */
export function isOfFirst(error: unknown): boolean {
  return error instanceof Error && shared.has(error);
}

/**
 * Runs `make` on every rank. Where it throws on one, all of them throw: that rank its own error, the
 * others a CsnError that names it, or `StoppedElsewhere` where its signal was aborted; a rank whose
 * own signal is aborted throws its reason. Without a group it is `make` alone.
 */
export async function allOrNone<Result>(
  group: ProcessGroup | null,
  make: () => Result | Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  if (group === null) return await make();
  const [result, failure] = await outcomeOf(make);
  const own = endingOf(failure, signal);
  const endings = await gatherEndings(group, own, failure);
  if (failure !== null) {
    const isSame = group.place.rank > 0 && endings[0].error === own.error;
    if (isSame && failure.error instanceof Error) shared.add(failure.error);
    throw failure.error;
  }
  throwForOthers(endings, signal);
  return result as Result;
}

/**
 * What `make` gives on rank 0, where alone it runs, on every rank. Where it throws, all of them
 * throw, as in `allOrNone`.
 */
export async function fromFirst(
  group: ProcessGroup | null,
  make: () => Promise<string>,
  signal?: AbortSignal,
): Promise<string> {
  if (group === null) return await make();
  const isFirst = group.place.rank === 0;
  const [value, failure] = await outcomeOf<string | undefined>(isFirst ? make : () => undefined);
  const own = { value, ...endingOf(failure, signal) };
  const endings = await gatherEndings(group, own, failure);
  if (failure !== null) throw failure.error;
  throwForOthers(endings, signal);
  return endings[0].value!;
}

/** Of all ranks. That the others are gone, or work for too long, must not hide why this one failed. */
async function gatherEndings(
  group: ProcessGroup,
  own: Ending,
  failure: Failure | null,
): Promise<Ending[]> {
  try {
    return (await group.gatherTexts(JSON.stringify(own))).map((text) => JSON.parse(text));
  } catch (error) {
    throw failure === null ? error : failure.error;
  }
}

async function outcomeOf<Result>(
  make: () => Result | Promise<Result>,
): Promise<[Result | undefined, Failure | null]> {
  try {
    return [await make(), null];
  } catch (error) {
    return [undefined, { error }];
  }
}

function endingOf(
  failure: Failure | null,
  signal: AbortSignal | undefined,
): Ending {
  if (failure === null) return {};
  const stopped = signal?.aborted && failure.error === signal.reason;
  return { error: messageOf(failure.error), stopped };
}

function throwForOthers(endings: readonly Ending[], signal: AbortSignal | undefined): void {
  const rank = endings.findIndex(({ error, stopped }) => error !== undefined && !stopped);
  const isStopped = endings.some(({ stopped }) => stopped);
  if (rank < 0 && !isStopped) return;
  signal?.throwIfAborted();
  if (rank < 0) throw new StoppedElsewhere();
  throw new CsnError(`Rank ${rank} could not go on: ${endings[rank].error}`);
}
