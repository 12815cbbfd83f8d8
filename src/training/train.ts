import { CsnError } from "../base/errors.ts";
import { isFile } from "../files/exists.ts";
import { basename, dirname, join, resolve } from "../files/paths.ts";
import { defaultSettings, type RunSettings } from "../model/config.ts";
import { type ModelFile, modelPath, readModelFile } from "../model/model_file.ts";
import { checkSettings } from "./check_settings.ts";
import { newConfig } from "./new_config.ts";
import { resumedConfig } from "./resumed_config.ts";
import { assertUnchanged, RunFolder } from "./run_folder.ts";
import { runTraining, type TrainResult } from "./run_training.ts";
import type { TrainOptions } from "./train_options.ts";

/**
 * Trains a network on the image set `data` into the folder `out`, or goes on from `resume`: to the
 * last epoch, or until the signal is aborted, which saves. Throws a CsnError or, for options that
 * cannot be right, a UsageError that says what would be; while data are made ready there is nothing
 * to save, and an aborted signal's reason is thrown. `start()` must have been called.
 *
 * @example Train for an epoch, and go on for another
 * ```ts
 * import { start } from "@csn/csn";
 * import { train } from "@csn/csn/train";
 *
 * await start();
 * await train({
 *   data: "data/mine",
 *   out: "runs/two",
 *   variant: "learned",
 *   imageSize: 16,
 *   epochs: 1,
 *   onEvent: (event) => {
 *     if (event.type === "epoch") console.log(event.metrics.validation.accuracy);
 *   },
 * });
 * await train({ resume: "runs/two/checkpoint", epochs: 2 });
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { packDir, listener, onEvent, signal } = options;
  checkSettings(options);
  const checkpoint = options.resume === undefined ? undefined : await checkpointOf(options.resume);
  const config = options.resume === undefined
    ? await newConfig({ ...options, name: options.name ?? basename(resolve(options.out)) })
    : await resumedConfig(checkpoint!, options);
  using folder = await openFolder(options, checkpoint);
  // Others could train the run on until its folder was held.
  if (checkpoint !== undefined) await assertUnchanged(checkpoint);
  const settings = settingsOf(options, checkpoint);
  const plan = { config, folder, checkpoint, settings, packDir, listener, onEvent, signal };
  return await runTraining(plan);
}

async function checkpointOf(given: string | ModelFile): Promise<ModelFile> {
  const file = typeof given === "string" ? await readModelFile(given) : given;
  if (file.info.kind === "checkpoint") return file;
  const path = modelPath(dirname(file.path), "checkpoint");
  const beside = await isFile(path)
    ? `pass \`resume: ${JSON.stringify(join(dirname(path), "checkpoint"))}\`, `
    : "";
  throw new CsnError(
    `Cannot go on from ${file.path}: it holds a model without its optimiser; ${beside}test it with \`testModel()\`, or begin a new run with \`pretrained: ${
      JSON.stringify(file.path)
    }\``,
  );
}

function openFolder(
  options: TrainOptions,
  checkpoint: ModelFile | undefined,
): Promise<RunFolder> {
  const { out, overwrite } = options;
  if (checkpoint === undefined) return RunFolder.create(resolve(out!), { overwrite });
  const original = resolve(dirname(checkpoint.path));
  const path = out === undefined ? original : resolve(out);
  return RunFolder.resume(path, checkpoint.info.state!, original, { overwrite });
}

/** How the run is carried on: as the options say, what they leave out as before. */
function settingsOf(options: TrainOptions, checkpoint: ModelFile | undefined): RunSettings {
  const { logInterval, saveEveryMinutes, visdom } = {
    ...defaultSettings,
    ...checkpoint?.info.settings,
  };
  return {
    logInterval: options.logInterval ?? logInterval,
    saveEveryMinutes: options.saveEveryMinutes ?? saveEveryMinutes,
    visdom: options.visdom === undefined ? visdom : options.visdom,
  };
}
