import { openedParts } from "../native/library.ts";
import { modelPath } from "../model/model_file.ts";
import type { EpochMetrics } from "./metrics.ts";

/** The folder of a run as the processes see it that leave writing it to rank 0. */
export class UnwrittenRun {
  /** The folder, absolute. */
  readonly path: string;
  #lastCheckpoint: string | null;

  /** `goesOn`: whether the run goes on from a checkpoint. */
  constructor(path: string, { goesOn }: { readonly goesOn: boolean }) {
    this.path = path;
    this.#lastCheckpoint = goesOn ? modelPath(path, "checkpoint") : null;
  }

  /** Version of libtorch that the run uses. */
  get libtorch(): string {
    return openedParts().libtorchVersion;
  }

  /** Rank 0 makes the folder ready. */
  async begin(): Promise<void> {}

  /** Rank 0 knows the epochs that are done. */
  history(): Promise<EpochMetrics[]> {
    return Promise.resolve([]);
  }

  /** Rank 0 logs. */
  async append(): Promise<void> {}

  /** Rank 0 has written the checkpoint. */
  noteCheckpoint(): void {
    this.#lastCheckpoint = modelPath(this.path, "checkpoint");
  }

  /** The checkpoint that rank 0 saved or went on from; null when there is none. */
  lastCheckpoint(): string | null {
    return this.#lastCheckpoint;
  }

  /** Rank 0 ends the run. */
  async end(): Promise<void> {}

  /** There is nothing to let go. */
  [Symbol.dispose](): void {}
}
