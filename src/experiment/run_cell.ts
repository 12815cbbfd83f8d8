/** One cell of an experiment: trained, tested, its outcomes kept. */
import { removeAll } from "../files/exists.ts";
import type { Listener } from "../base/listener.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { basename, join } from "../files/paths.ts";
import type { RunSettings } from "../model/config.ts";
import { modelPath } from "../model/model_file.ts";
import type { Variant } from "../network/variant.ts";
import type { TrainEvent } from "../training/train_event.ts";
import { type Cell, type CommonConfig, configOf } from "./cell.ts";
import { type CellScores, scoreCell } from "./score_cell.ts";
import type { TestTriplets } from "./flipped_triplets.ts";
import { trainCell } from "./train_cell.ts";

/** An experiment with nothing left open. */
export interface Experiment {
  /** Where it is written: a folder in it for each cell's run. */
  readonly folder: string;
  /** The networks, in the order in which results list them. */
  readonly variants: readonly Variant[];
  /** Seeds that each is trained with. */
  readonly seeds: readonly number[];
  /** What makes it, to be stored with it. */
  readonly command: string;
  /** What all cells have in common. */
  readonly common: CommonConfig;
  /** How their runs are carried on. */
  readonly settings: RunSettings;
  /** Trains again the cells that are there with other settings. */
  readonly overwrite: boolean;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Receives progress of preparing the data and of embedding, and warnings. */
  readonly listener?: Listener;
  /** Processes that share the cells; each is trained by one of them. */
  readonly group?: ProcessGroup;
  /** Called with each event. */
  readonly onEvent?: (event: ExperimentEvent) => void;
  /** Aborted: the step that runs is finished and saved. */
  readonly signal?: AbortSignal;
}

/**
 * What happens in an experiment: the plan, then of each cell its training, its test and its end. Of
 * several processes each has the events of its own cells, and how many triplets the others have
 * trained.
 */
export type ExperimentEvent =
  | {
    readonly type: "plan";
    readonly cells: readonly Cell[];
    readonly epochs: number;
    readonly notions: readonly string[];
  }
  | { readonly type: "train"; readonly cell: Cell; readonly event: TrainEvent }
  | { readonly type: "test"; readonly cell: Cell }
  | { readonly type: "cell"; readonly cell: Cell; readonly scores: CellScores }
  | { readonly type: "others"; readonly processes: number; readonly triplets: number };

/** A cell, trained and tested. */
export interface CellResult {
  readonly cell: Cell;
  readonly scores: CellScores;
}

/**
 * Trains and tests one cell; null when the signal stopped it. A cell that is tested keeps its model
 * and metrics, not its checkpoint.
 */
export async function runCell(
  cell: Cell,
  test: TestTriplets,
  experiment: Experiment,
): Promise<CellResult | null> {
  const { common, folder, signal, onEvent } = experiment;
  const path = join(folder, cell.name);
  const { device, precision } = common;
  const listener = named(experiment.listener, cell.name);
  try {
    const finished = await trainCell(path, configOf(cell, common, basename(folder)), {
      ...experiment,
      listener,
      onEvent: (event) => onEvent?.({ type: "train", cell, event }),
    });
    if (!finished) return null;
    onEvent?.({ type: "test", cell });
    const placement = { device, precision };
    const scores = await scoreCell(path, test, { placement, listener, signal });
    // Nothing is left to go on with, and a checkpoint is three times as large as the model.
    await removeAll(modelPath(path, "checkpoint"));
    onEvent?.({ type: "cell", cell, scores });
    return { cell, scores };
  } catch (error) {
    // While data is made ready or images are embedded, there is nothing to save.
    if (signal?.aborted && error === signal.reason) return null;
    throw error;
  }
}

/** Warnings say which cell they are of. */
function named(listener: Listener | undefined, name: string): Listener {
  return {
    progress: (progress) => listener?.progress?.(progress),
    notice: (text) => listener?.notice?.(`${name}: ${text}`),
    warning: (text) => listener?.warning?.(`${name}: ${text}`),
  };
}
