import { CsnError, messageOf } from "../base/errors.ts";
import { isFile } from "../files/exists.ts";
import type { Listener } from "../base/listener.ts";
import { join } from "../files/paths.ts";
import { readMetrics } from "../training/run_log.ts";
import type { RunSettings, TrainConfig } from "../model/config.ts";
import { withVariant } from "../model/stored_variant.ts";
import { type ModelFile, modelPath, readModelFile } from "../model/model_file.ts";
import { assertUnchanged, RunFolder } from "../training/run_folder.ts";
import { runTraining } from "../training/run_training.ts";
import type { TrainEvent } from "../training/train_event.ts";

/** How a cell is trained. */
export interface TrainCellOptions {
  /** How its run is carried on. */
  readonly settings: RunSettings;
  /** Replaces a run that has other settings. */
  readonly overwrite?: boolean;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Receives progress and warnings of the run. */
  readonly listener?: Listener;
  /** Called with each event of the run. */
  readonly onEvent?: (event: TrainEvent) => void;
  /** Aborted: the step is finished, a checkpoint saved. */
  readonly signal?: AbortSignal;
}

/**
 * Trains what is left of a cell's run in `path`; false when the signal stopped it before its last
 * epoch.
 */
export async function trainCell(
  path: string,
  config: TrainConfig,
  options: TrainCellOptions,
): Promise<boolean> {
  const standing = await standingOf(path, config);
  if (standing === "trained") return true;
  if (standing !== "new") {
    const checkpoint = standing;
    using folder = await RunFolder.resume(path, checkpoint.info.state!);
    await assertUnchanged(checkpoint);
    return (await runTraining({ ...options, config, folder, checkpoint })).finished;
  }
  // Without a checkpoint there is nothing to go on from: what a stopped run left is replaced.
  using folder = await RunFolder.create(path, { overwrite: true });
  return (await runTraining({ ...options, config, folder })).finished;
}

/** Whether the cell's run in `path` has these settings, and all its epochs behind it. */
export async function isTrained(path: string, config: TrainConfig): Promise<boolean> {
  return await standingOf(path, config) === "trained";
}

/** How far a cell's run is: with a checkpoint from which it goes on, where there is one. */
async function standingOf(
  path: string,
  config: TrainConfig,
): Promise<"new" | "trained" | ModelFile> {
  if ((await differingSettings(path, config)).length > 0) return "new";
  const checkpoint = await readCheckpoint(path);
  const state = checkpoint?.info.state;
  if (state === undefined) return await hasAllEpochs(path, config) ? "trained" : "new";
  return state.epoch > config.epochs ? "trained" : checkpoint!;
}

/**
 * How the run in a folder differs from `config`: "epochs is 2 there, not 3". Its name may differ,
 * because folders can be moved. Nothing differs where no run has reached its first checkpoint or
 * model.
 */
export async function differingSettings(path: string, config: TrainConfig): Promise<string[]> {
  const files = await Promise.all(
    (["checkpoint", "model_best"] as const).map((file) => isFile(modelPath(path, file))),
  );
  if (!files.includes(true)) return [];
  const stored = await readConfig(path);
  return Object.entries(config).flatMap(([name, asked]) => {
    if (name === "name") return [];
    const [there, here] = [stored[name], asked].map((value) => JSON.stringify(value));
    // Which of several GPUs it was makes no difference.
    if (name === "device" && [there, here].every((device) => device?.startsWith('"cuda'))) {
      return [];
    }
    return there === here ? [] : [`${name} is ${there} there, not ${here}`];
  });
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  const file = join(path, "config.json");
  try {
    return withVariant(JSON.parse(await Deno.readTextFile(file)));
  } catch (error) {
    throw new CsnError(
      `Cannot tell what the run in ${path} is: ${file} cannot be read (${
        messageOf(error)
      }); remove that folder, and it is trained again`,
      { cause: error },
    );
  }
}

async function readCheckpoint(path: string): Promise<ModelFile | undefined> {
  const file = modelPath(path, "checkpoint");
  return await isFile(file) ? await readModelFile(file) : undefined;
}

/** Whether a run is done whose checkpoint is gone (see `runCells`). */
async function hasAllEpochs(path: string, { epochs }: TrainConfig): Promise<boolean> {
  if (!await isFile(modelPath(path, "model_best"))) return false;
  return (await readMetrics(path)).at(-1)?.epoch === epochs;
}
