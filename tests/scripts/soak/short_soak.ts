import type { Amounts, Soak } from "../../../scripts/soak/part.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

/** A soak of little, whose folder is removed with it. */
export async function shortSoak(amounts: Partial<Amounts>): Promise<Soak & AsyncDisposable> {
  const folder = await TemporaryFolder.make();
  return {
    amounts: { inputs: 0, kills: 0, faults: 0, steps: 0, sanitizers: false, ...amounts },
    seed: 1,
    only: [],
    keep: folder.path,
    until: Infinity,
    stop: new AbortController().signal,
    turn: Infinity,
    notice: () => {},
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
