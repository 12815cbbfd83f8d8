/** A launcher that starts processes again after they had done all that they were asked for. */
import { fromFirst } from "../distributed/all_or_none.ts";
import { isFile } from "../files/exists.ts";
import { dirname, resolve } from "../files/paths.ts";
import { modelPath, readModelFile } from "../model/model_file.ts";
import { differences } from "./resumed_config.ts";
import { runBefore } from "./run_folder.ts";
import type { TrainResult } from "./run_training.ts";
import type { TrainOptions } from "./train_options.ts";

/**
 * How a run ended before a launcher started its processes again, as it does when one of them fails
 * after the last epoch; null where there is something to train. All ranks find the same.
 */
export async function endedBefore(options: TrainOptions): Promise<TrainResult | null> {
  const { group, listener, signal } = options;
  if (group === undefined || group.place.round === 0) return null;
  const text = await fromFirst(
    group,
    async () => JSON.stringify(await endedIn(options, group.place.round)),
    signal,
  );
  const found: TrainResult | null = JSON.parse(text);
  if (found === null) return null;
  if (group.place.rank === 0) {
    listener?.notice?.(
      `the processes were started again, but all epochs of the run in ${found.folder} were done: nothing is left to train, and nothing is changed`,
    );
  }
  // A launcher ends all processes once one has ended.
  await group.barrier();
  return found;
}

async function endedIn(options: TrainOptions, round: number): Promise<TrainResult | null> {
  const folder = folderOf(options);
  const path = modelPath(folder, "checkpoint");
  if (await runBefore(folder, round) === null || !await isFile(path)) return null;
  const { config, state } = (await readModelFile(path)).info;
  const { epochs = config.epochs } = options;
  if (state === undefined || state.epoch <= config.epochs || epochs !== config.epochs) return null;
  // Another run is not the one that was asked for.
  if ((await differences(config, options)).length > 0) return null;
  return { finished: true, folder, state };
}

function folderOf({ out, resume }: TrainOptions): string {
  if (out !== undefined) return resolve(out);
  return resolve(dirname(typeof resume === "string" ? resume : resume!.path));
}
