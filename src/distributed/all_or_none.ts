/** What one rank does while others wait for it, so that all of them go on or none does. */
import { CsnError, messageOf } from "../base/errors.ts";
import type { ProcessGroup } from "./process_group.ts";

/** How a rank's work ended: JSON that the ranks give one another. */
interface Ending {
  readonly value?: string;
  readonly error?: string;
}

/**
 * Runs `make` on every rank. Where it throws on one, all of them throw: that rank its own error, the
 * others a CsnError that names it; a rank whose signal is aborted throws its reason. Without a
 * group it is `make` alone.
 */
export async function allOrNone<Result>(
  group: ProcessGroup | null,
  make: () => Result | Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  if (group === null) return await make();
  const [result, failure] = await outcomeOf(make);
  const endings = await group.gatherTexts(JSON.stringify(endingOf(failure)));
  if (failure !== null) throw failure.error;
  throwForOthers(endings.map((text) => JSON.parse(text)), signal);
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
  const endings: Ending[] = (await group.gatherTexts(
    JSON.stringify({ value, ...endingOf(failure) }),
  )).map((text) => JSON.parse(text));
  if (failure !== null) throw failure.error;
  throwForOthers(endings, signal);
  return endings[0].value!;
}

async function outcomeOf<Result>(
  make: () => Result | Promise<Result>,
): Promise<[Result | undefined, { readonly error: unknown } | null]> {
  try {
    return [await make(), null];
  } catch (error) {
    return [undefined, { error }];
  }
}

function endingOf(failure: { readonly error: unknown } | null): Ending {
  return failure === null ? {} : { error: messageOf(failure.error) };
}

function throwForOthers(endings: readonly Ending[], signal: AbortSignal | undefined): void {
  const rank = endings.findIndex(({ error }) => error !== undefined);
  if (rank < 0) return;
  signal?.throwIfAborted();
  throw new CsnError(`Rank ${rank} could not go on: ${endings[rank].error}`);
}
