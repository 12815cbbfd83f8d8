import { CsnError } from "../base/errors.ts";
import { isFile } from "../files/exists.ts";
import { allOrNone } from "../distributed/all_or_none.ts";
import { basename, dirname, join, resolve } from "../files/paths.ts";
import { defaultSettings, type RunSettings, type TrainConfig } from "../model/config.ts";
import { type ModelFile, modelPath, readModelFile } from "../model/model_file.ts";
import { checkSettings } from "./check_settings.ts";
import { endedBefore } from "./ended_before.ts";
import { newConfig } from "./new_config.ts";
import { resumedConfig } from "./resumed_config.ts";
import { assertUnchanged, runBefore, RunFolder } from "./run_folder.ts";
import { sharedCheckpoint } from "./shared_checkpoint.ts";
import { runTraining, type TrainResult } from "./run_training.ts";
import type { TrainOptions } from "./train_options.ts";
import { UnwrittenRun } from "./unwritten_run.ts";

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
 *
 * @example A program that a launcher (torchrun) starts several times: the processes train together
 * ```ts
 * import { start } from "@csn/csn";
 * import { ProcessGroup, readPlace, train } from "@csn/csn/train";
 *
 * await start();
 * const place = readPlace((name) => Deno.env.get(name));
 * await using group = place === null
 *   ? undefined
 *   : await ProcessGroup.open(place, { device: "cpu", timeoutSeconds: 600 });
 * await train({ data: "data/mine", out: "runs/both", imageSize: 16, epochs: 1, group });
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { packDir, signal, group = null } = options;
  checkSettings(options);
  const ended = await endedBefore(options);
  if (ended !== null) return ended;
  const isFirst = (group?.place.rank ?? 0) === 0;
  const heard = isFirst ? { listener: options.listener, onEvent: options.onEvent } : {};
  const asked = { ...options, ...heard, ...!isFirst && { listener: undefined } };
  const checkpoint = await sharedCheckpoint(group, () => checkpointFor(options), signal);
  const config = await allOrNone(group, () => configFor(asked, checkpoint), signal);
  using opened = new DisposableStack();
  const folder = await allOrNone(group, async () => {
    if (!isFirst) return new UnwrittenRun(pathOf(options, checkpoint), { goesOn: !!checkpoint });
    const folder = opened.use(await openFolder(options, checkpoint));
    // Others could train the run on until its folder was held.
    if (checkpoint !== undefined) await assertUnchanged(checkpoint);
    return folder;
  }, signal);
  const settings = settingsOf(options, checkpoint);
  const plan = { config, folder, checkpoint, settings, packDir, ...heard, signal };
  return await runTraining({ ...plan, group: group ?? undefined });
}

/** What the run goes on from: as asked, or what the processes before a restart have saved. */
async function checkpointFor(options: TrainOptions): Promise<ModelFile | undefined> {
  const { out, resume } = options;
  const before = out && await runBefore(resolve(out), options.group?.place.round);
  if (out !== undefined && before === "begun") {
    const saved = modelPath(resolve(out), "checkpoint");
    if (await isFile(saved)) {
      options.listener?.notice?.(`the processes were started again: going on from ${saved}`);
      return await checkpointOf(saved);
    }
  }
  return resume === undefined ? undefined : await checkpointOf(resume);
}

function configFor(
  options: TrainOptions,
  checkpoint: ModelFile | undefined,
): Promise<TrainConfig> {
  if (checkpoint !== undefined) return resumedConfig(checkpoint, options);
  if (options.resume !== undefined) throw new CsnError("Rank 0 begins a new run, this one goes on");
  return newConfig({ ...options, name: options.name ?? basename(resolve(options.out)) });
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
  const { overwrite, group } = options;
  const path = pathOf(options, checkpoint);
  const how = { overwrite, round: group?.place.round };
  if (checkpoint === undefined) return RunFolder.create(path, how);
  const original = resolve(dirname(checkpoint.path));
  return RunFolder.resume(path, checkpoint.info.state!, original, how);
}

function pathOf({ out }: TrainOptions, checkpoint: ModelFile | undefined): string {
  return resolve(out ?? dirname(checkpoint!.path));
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
