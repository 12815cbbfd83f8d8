import type { ExperimentEvent } from "../experiment/run_cell.ts";
import { CellWork } from "../experiment/cell_work.ts";
import type { Cell } from "../experiment/cell.ts";
import type { Listener } from "../base/listener.ts";
import type { TrainEvent } from "../training/train_event.ts";
import { duration, percent } from "./format.ts";

/** How an experiment is shown. */
export interface ExperimentViewOptions {
  /** On a terminal: a bar that moves. Elsewhere a line for each cell and epoch is enough. */
  readonly live: boolean;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Shows an experiment as one piece of work: which cell and epoch, and the time left over all. */
export class ExperimentView {
  readonly #listener: Listener;
  readonly #options: ExperimentViewOptions;
  #cells: readonly Cell[] = [];
  #epochs = 0;
  #work = new CellWork({ epochs: 0, notions: [] });
  /** Training triplets of all cells and epochs. */
  #total = 0;
  /** When training began in this process. */
  #beganAt: number | null = null;
  /** Other processes that train cells, and the triplets that they have behind them. */
  #others = { processes: 0, triplets: 0 };

  constructor(listener: Listener, options: ExperimentViewOptions) {
    this.#listener = listener;
    this.#options = options;
  }

  /** What the experiment's work reports: outside a terminal, not every image that is embedded. */
  get listener(): Listener {
    return {
      warning: (text) => this.#listener.warning?.(text),
      progress: (progress) => {
        if (this.#options.live || this.#cells.length === 0) this.#listener.progress?.(progress);
      },
    };
  }

  show(event: ExperimentEvent): void {
    this.#work.hear(event);
    switch (event.type) {
      case "plan":
        this.#cells = event.cells;
        this.#epochs = event.epochs;
        this.#work = new CellWork(event);
        this.#total = event.cells.reduce((sum, cell) => sum + this.#work.of(cell), 0);
        return;
      case "train":
        return this.#train(event.cell, event.event);
      case "test":
        return;
      case "cell":
        return this.#cell(event);
      case "others":
        this.#others = event;
        return;
    }
  }

  #train(cell: Cell, event: TrainEvent): void {
    switch (event.type) {
      case "start":
        this.#beganAt ??= this.#options.now();
        return this.#line(
          cell,
          event.state.epoch === 1 && event.state.sums.triplets === 0
            ? "training begins"
            : `training goes on in epoch ${event.state.epoch} of ${this.#epochs}`,
        );
      case "step":
        if (this.#options.live) {
          this.#listener.progress?.({
            what: `${this.#place(cell)}, epoch ${event.epoch} of ${this.#epochs}`,
            done: this.#done,
            total: this.#total,
            unit: "triplets",
          });
        }
        return;
      case "epoch": {
        const { epoch, validation, seconds } = event.metrics;
        return this.#line(
          cell,
          `epoch ${epoch} of ${this.#epochs}, validation error ${
            percent(1 - validation.accuracy)
          }, ${duration(seconds)}${this.#timeLeft()}`,
        );
      }
      case "saved":
        return;
    }
  }

  #cell({ cell, scores }: ExperimentEvent & { type: "cell" }): void {
    const wrong = scores.outcomes.filter((outcome) => outcome !== 0).length;
    this.#line(cell, `test error ${percent(wrong / scores.outcomes.length)}`);
  }

  #line(cell: Cell, text: string): void {
    this.#listener.notice?.(`${this.#place(cell)}: ${text}`);
  }

  #place(cell: Cell): string {
    return `Cell ${this.#cells.indexOf(cell) + 1} of ${this.#cells.length}, ${cell.name}`;
  }

  /**
   * Expected from what this process has trained so far, validations and tests included; others are
   * taken to be as fast.
   */
  #timeLeft(): string {
    const left = this.#total - this.#done;
    if (this.#beganAt === null || left <= 0) return "";
    const trained = this.#work.trained * (1 + this.#others.processes);
    const seconds = (this.#options.now() - this.#beganAt) / 1000;
    return `; about ${duration(seconds / trained * left)} left in all`;
  }

  get #done(): number {
    return this.#work.done + this.#others.triplets;
  }
}
