import { CsnError } from "../base/errors.ts";
import { HeldFolder } from "../files/held_folder.ts";
import { exists, filesBelow, removeAll, someOf } from "../files/exists.ts";
import { openedParts } from "../native/library.ts";
import { join } from "../files/paths.ts";
import type { EpochMetrics } from "./metrics.ts";
import { isReportPage, isReportPart } from "../files/report_files.ts";
import { cutBack, readMetrics, RunLog } from "./run_log.ts";
import type { StoredTensor } from "../tensor/safetensors.ts";
import { version } from "../base/version.ts";
import { spaceAdvice, writeFault } from "../files/write_fault.ts";
import { isBegunFile, writeWhole } from "../files/write_whole.ts";
import type { RunSettings, TrainConfig } from "../model/config.ts";
import {
  type ModelFile,
  type ModelInfo,
  modelPath,
  readModelFile,
  writeModelFile,
} from "../model/model_file.ts";
import type { TrainerState } from "../model/trainer_state.ts";

/** Files that make up a run, and go with it into a copy. */
const runFiles = [
  "config.json",
  "metrics.jsonl",
  "metrics.csv",
  "masks.jsonl",
  "checkpoint.safetensors",
  "model_best.safetensors",
  "visdom.jsonl",
];

/**
 * What other commands write about a run, beside it: a report with its parts, the outcomes of a
 * comparison.
 */
const resultFiles = ["report.html", "report", "scores.safetensors"];

/**
 * Lies in the folder from when processes of a launcher train, which may start them again: they go on
 * then with what lies there, and replace nothing else. It says when the last epoch is done.
 */
const restartMark = "restart.json";

/** How the folder of a run is opened. */
export interface RunFolderOptions {
  /** Whether a run that is there already is replaced. @default {false} */
  readonly overwrite?: boolean;
  /**
   * How often a launcher has started the processes again that train together. @default {no launcher
   * did}
   */
  readonly round?: number;
}

/** What a run says of a model file besides its kind and state. */
export type RunDescription = Omit<
  ModelInfo,
  "format" | "csn" | "kind" | "state" | "threads" | "world" | "settings"
>;

/** The folder that a run writes to, held by one process. */
export class RunFolder implements Disposable {
  /** The folder, absolute. */
  readonly path: string;
  readonly #held: HeldFolder;
  readonly #log: RunLog;
  readonly #round: number | undefined;
  #lastCheckpoint: string | null = null;

  /**
   * What `begin` does once the run is sure to start: until then nothing of an old run is touched.
   */
  readonly #prepare: () => Promise<void>;

  private constructor(
    path: string,
    held: HeldFolder,
    prepare: (path: string) => Promise<void>,
    round: number | undefined,
  ) {
    this.path = path;
    this.#round = round;
    this.#held = held;
    this.#log = new RunLog(path);
    this.#prepare = () => prepare(path);
  }

  /**
   * Opens the folder of a new run. Throws a CsnError when the folder holds a run already and
   * `overwrite` is not set or other files lie there, too, or when another process uses it. All that
   * csn wrote of the old run is removed when the new one begins. What a run left that ended before
   * its first checkpoint does not count.
   */
  static async create(path: string, options: RunFolderOptions = {}): Promise<RunFolder> {
    const { round } = options;
    const held = await hold(path);
    try {
      const overwrite = options.overwrite || await runBefore(path, round) === "begun";
      // What ended before has nothing to do with the processes that begin now.
      if (!isLater(round)) await removeAll(join(path, restartMark));
      const found = await existing(path, [...runFiles, ...resultFiles]);
      const foreign = found.length > 0 ? await foreignFiles(path) : [];
      if (foreign.length > 0 && overwrite) throw inTheWay(path, foreign);
      if (found.length > 0 && !overwrite && !await isBareBeginning(path, found)) {
        throw holdsOne(path, found, foreign);
      }
      return new RunFolder(path, held, async () => {
        for (const file of found) await removeAll(join(path, file));
      }, round);
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Opens the folder of a run that goes on after `state`: its logs are cut back to what the
   * checkpoint knows. With `copyFrom`, the run of that folder goes on here in a copy; `overwrite`
   * is then as in `create`.
   */
  static async resume(
    path: string,
    state: TrainerState,
    copyFrom: string = path,
    options: RunFolderOptions = {},
  ): Promise<RunFolder> {
    const { round } = options;
    const cut = () => cutBack(path, state.epoch - 1);
    let folder: RunFolder;
    if (copyFrom === path) {
      folder = new RunFolder(path, await hold(path), cut, round);
    } else {
      const target = await RunFolder.create(path, options);
      folder = new RunFolder(path, target.#held, async () => {
        await target.#prepare();
        await copyRun(copyFrom, path);
        await cut();
      }, round);
    }
    folder.#lastCheckpoint = modelPath(path, "checkpoint");
    return folder;
  }

  /** Makes the folder ready for `config`: an old run's files go, or the logs are cut back. */
  async begin(config: TrainConfig, settings: RunSettings & { threads: number }): Promise<void> {
    await removeLeftovers(this.path);
    await this.#prepare();
    const parts = openedParts();
    const versions = { csn: version, libtorch: parts.libtorchVersion, deno: Deno.version.deno };
    await writeWhole(
      join(this.path, "config.json"),
      JSON.stringify({ ...config, ...settings, versions }, null, 2) + "\n",
    );
    if (this.#round !== undefined) await this.#markRestart();
    // Processes of another launch must not take for their own what goes on without one.
    else await removeAll(join(this.path, restartMark));
  }

  /**
   * Says that the run has ended as it was asked to: with its last epoch, or stopped, and then
   * processes that are started again go on, as of a job that was put back into the queue.
   */
  async end(finished: boolean): Promise<void> {
    if (this.#round !== undefined && finished) await this.#markRestart({ ended: true });
  }

  async #markRestart(more: { readonly ended?: true } = {}): Promise<void> {
    const mark = { round: this.#round, ...more };
    await writeWhole(join(this.path, restartMark), JSON.stringify(mark) + "\n");
  }

  /** Version of libtorch that the run uses. */
  get libtorch(): string {
    return openedParts().libtorchVersion;
  }

  /** Metrics of the epochs that are done. */
  history(): Promise<EpochMetrics[]> {
    return readMetrics(this.path);
  }

  /** Adds an epoch to metrics.jsonl and metrics.csv, and its masks to masks.jsonl. */
  append(metrics: EpochMetrics, masks?: readonly (readonly number[])[]): Promise<void> {
    return this.#log.append(metrics, masks);
  }

  /** Writes model_best. */
  async saveModel(
    description: RunDescription,
    tensors: ReadonlyMap<string, StoredTensor>,
  ): Promise<void> {
    await writeModelFile(modelPath(this.path, "model_best"), {
      info: { kind: "model", ...description },
      tensors,
    });
  }

  /** Writes the checkpoint; returns its path. */
  async saveCheckpoint(
    description:
      & RunDescription
      & { state: TrainerState; threads: number; world?: number; settings: RunSettings },
    tensors: ReadonlyMap<string, StoredTensor>,
  ): Promise<string> {
    const path = modelPath(this.path, "checkpoint");
    await writeModelFile(path, { info: { kind: "checkpoint", ...description }, tensors });
    this.#lastCheckpoint = path;
    return path;
  }

  /** The checkpoint that was saved or gone on from; null when there is none. */
  lastCheckpoint(): string | null {
    return this.#lastCheckpoint;
  }

  /** Lets other processes use the folder. */
  [Symbol.dispose](): void {
    this.#held[Symbol.dispose]();
  }
}

/**
 * What the processes before have done in this folder, where a launcher has started them again,
 * `round` times by now: begun a run, or ended one; null where they have not, or it did not.
 */
export async function runBefore(
  path: string,
  round: number | undefined,
): Promise<"begun" | "ended" | null> {
  const mark = join(path, restartMark);
  if (!isLater(round) || !await exists(mark)) return null;
  return JSON.parse(await Deno.readTextFile(mark)).ended === true ? "ended" : "begun";
}

function isLater(round: number | undefined): boolean {
  return round !== undefined && round > 0;
}

function hold(path: string): Promise<HeldFolder> {
  return HeldFolder.take(path, {
    what: "the run folder",
    another: "choose another folder with `out`",
  });
}

/** Which of some files and folders are there. */
async function existing(path: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) if (await exists(join(path, name))) found.push(name);
  return found;
}

/**
 * Whether a run came no further than its settings: a full disk or a kill ended it before its first
 * checkpoint.
 */
async function isBareBeginning(path: string, found: readonly string[]): Promise<boolean> {
  if (!found.every((file) => file === "config.json" || file === "visdom.jsonl")) return false;
  try {
    const { versions } = JSON.parse(await Deno.readTextFile(join(path, "config.json")));
    return typeof versions.csn === "string";
  } catch {
    // csn did not write it, so csn does not replace it.
    return false;
  }
}

/** What csn did not write into a run's folder, relative to it. */
async function foreignFiles(path: string): Promise<string[]> {
  const own = [...runFiles, "scores.safetensors", "lock", restartMark];
  const foreign: string[] = [];
  for (const file of await filesBelow(path)) {
    const isOwn = own.includes(file) || isLeftover(file) ||
      (file.startsWith("report/") && isReportPart(file.slice("report/".length))) ||
      (file === "report.html" && isReportPage(await Deno.readTextFile(join(path, file))));
    if (!isOwn) foreign.push(file);
  }
  return foreign.sort();
}

function inTheWay(path: string, foreign: readonly string[]): CsnError {
  return new CsnError(
    `Cannot replace the run in ${path}: files lie there that csn did not write (${
      someOf(foreign)
    }); move them away, or choose another folder with \`out\``,
  );
}

/**
 * Throws a CsnError when a checkpoint is no longer what was read: before this process had the run's
 * folder for itself, another one trained on.
 */
export async function assertUnchanged(checkpoint: ModelFile): Promise<void> {
  const { info } = await readModelFile(checkpoint.path);
  if (JSON.stringify(info.state) === JSON.stringify(checkpoint.info.state)) return;
  throw new CsnError(
    `Cannot go on from ${checkpoint.path}: another process has trained this run on in the meantime, to epoch ${
      info.state?.epoch ?? "(unknown)"
    }; run the command again to go on from there`,
  );
}

/** Names only the remedies that are possible. */
function holdsOne(path: string, found: readonly string[], foreign: readonly string[]): CsnError {
  const goOn = found.includes("checkpoint.safetensors")
    ? [`go on with \`train({ resume: ${JSON.stringify(join(path, "checkpoint"))} })\``]
    : [];
  const replace = foreign.length === 0
    ? ["pass `overwrite: true`"]
    : [`move ${someOf(foreign)} away and pass \`overwrite: true\``];
  return new CsnError(
    `Cannot start a run in ${path}: it holds one already (${found.join(", ")}); ${
      ["choose another folder with `out`", ...goOn].join(", ")
    }, or ${replace}`,
  );
}

/** Copies a run's files whole or leaves none of them. */
async function copyRun(from: string, to: string): Promise<void> {
  const files = await existing(from, runFiles);
  try {
    for (const file of files) await Deno.copyFile(join(from, file), join(to, file));
  } catch (error) {
    for (const file of files) await Deno.remove(join(to, file)).catch(() => {});
    throw new CsnError(
      `Cannot copy the run ${from} to ${to}: ${writeFault(join(to, "x"), error)}; ${
        spaceAdvice(error)
      }check the folder and its permissions`,
      { cause: error },
    );
  }
}

/** Removes what a process that was killed while it wrote has left. */
async function removeLeftovers(path: string): Promise<void> {
  for await (const { name } of Deno.readDir(path)) {
    if (isLeftover(name)) await Deno.remove(join(path, name));
  }
}

/** Whether a file of this name is an unfinished one of a run, by this or an earlier version. */
function isLeftover(name: string): boolean {
  return runFiles.some((file) =>
    name.startsWith(`${file}.`) && name.endsWith(".part") || name.startsWith(`.${file}.`)
  ) || isBegunFile(name);
}
