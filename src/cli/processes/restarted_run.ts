import type { Place } from "../../distributed/place.ts";
import { isFile } from "../../files/exists.ts";
import { dirname } from "../../files/paths.ts";
import { type ModelFile, modelPath, readModelFile } from "../../model/model_file.ts";
import type { TrainOptions } from "../../training/train_options.ts";
import { resumedRun } from "../train_flags.ts";
import type { TrainFlags } from "../train_options.ts";

/** A run as the library is asked for it, and the checkpoint that it goes on from. */
export interface AskedRun {
  readonly checkpoint?: ModelFile;
  readonly asked: TrainOptions;
}

/**
 * What processes go on with that their launcher has started again after a failure: the last
 * checkpoint of the run that was `first` asked for; that run itself where nothing was restarted, or
 * it has written no checkpoint. Nobody has named the checkpoint by `--resume`, so all settings of a
 * new run must be those of it.
 */
export async function restartedRun(
  first: AskedRun,
  place: Place | null,
  flags: TrainFlags,
  given: ReadonlySet<string>,
): Promise<AskedRun> {
  if (place === null || place.round === 0) return first;
  const path = modelPath(first.asked.out ?? dirname(first.checkpoint!.path), "checkpoint");
  if (path === first.checkpoint?.path || !await isFile(path)) return first;
  const checkpoint = await readModelFile(path);
  const all = Object.keys(flags).filter((flag) => flag !== "cuda" || !flags.cuda);
  const meant = first.checkpoint === undefined ? new Set(all) : given;
  return { checkpoint, asked: { ...resumedRun(checkpoint, flags, meant), out: undefined } };
}

/** Whether nothing of a run was left to train when its processes were started again. */
export function hadEnded({ checkpoint, asked }: AskedRun, place: Place | null): boolean {
  if (checkpoint === undefined || place === null || place.round === 0) return false;
  const { config, state } = checkpoint.info;
  return state !== undefined && state.epoch > (asked.epochs ?? config.epochs);
}
