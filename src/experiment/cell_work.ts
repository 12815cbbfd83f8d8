import type { TrainEvent } from "../training/train_event.ts";
import type { Cell, CommonConfig } from "./cell.ts";
import type { ExperimentEvent } from "./run_cell.ts";

/** How much of an experiment a process has behind it, in training triplets, by its events. */
export class CellWork {
  readonly #epochs: number;
  readonly #notions: number;
  /** Those of cells that are done. */
  #before = 0;
  /** Those of the cell that runs. */
  #inCell = 0;
  /** Those that were trained since it began to listen. */
  #trained = 0;

  constructor({ epochs, notions }: Pick<CommonConfig, "epochs" | "notions">) {
    this.#epochs = epochs;
    this.#notions = notions.length;
  }

  /** What is behind it, of cells that were there already, too. */
  get done(): number {
    return this.#before + this.#inCell;
  }

  /** What it has trained itself. */
  get trained(): number {
    return this.#trained;
  }

  /** What a cell takes. */
  of(cell: Cell): number {
    return this.#epochs * this.#perEpoch(cell);
  }

  /** Takes note of what happened. */
  hear(event: ExperimentEvent): void {
    if (event.type === "train") return this.#train(event.cell, event.event);
    if (event.type !== "cell") return;
    this.#before += this.of(event.cell);
    this.#inCell = 0;
  }

  #train(cell: Cell, event: TrainEvent): void {
    switch (event.type) {
      case "start":
        this.#inCell = this.#doneIn(cell, event.state.epoch, event.state.sums.triplets);
        return;
      case "step":
        return this.#reach(this.#doneIn(cell, event.epoch, event.trained));
      case "epoch":
        return this.#reach(this.#doneIn(cell, event.metrics.epoch + 1, 0));
    }
  }

  #reach(inCell: number): void {
    this.#trained += inCell - this.#inCell;
    this.#inCell = inCell;
  }

  #perEpoch({ trainTriplets }: Cell): number {
    return trainTriplets * this.#notions;
  }

  #doneIn(cell: Cell, epoch: number, inEpoch: number): number {
    return (epoch - 1) * this.#perEpoch(cell) + inEpoch;
  }
}
