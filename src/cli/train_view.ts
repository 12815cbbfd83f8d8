import { join } from "../files/paths.ts";
import { shellWord } from "../base/shell_word.ts";
import type { TrainEvent } from "../training/train_event.ts";
import { duration, percent } from "./format.ts";
import { evaluationLine, trainLine } from "./log_line.ts";
import { shownPath } from "./paths.ts";
import type { TerminalListener } from "./terminal.ts";

/** Steps after which the time of the whole run is reported: the first ones are slow. */
const estimateAfter = 10;

/** What is shown. */
export interface ViewOptions {
  /** One JSON object a line instead of text. */
  readonly json?: boolean;
}

/**
 * Shows a run: the reference code's lines and a progress bar, or with `--json` one object a line.
 */
export class TrainView {
  readonly #flags: ViewOptions;
  readonly #listener: TerminalListener;
  /** The run, once it began. */
  #run: TrainEvent & { type: "start" } | null = null;
  #steps = 0;

  constructor(flags: ViewOptions, listener: TerminalListener) {
    this.#flags = flags;
    this.#listener = listener;
  }

  show(event: TrainEvent): void {
    if (event.type === "start") this.#run = event;
    if (event.type === "step") return this.#step(event);
    if (this.#flags.json) return this.#listener.line(JSON.stringify(event));
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "epoch":
        return this.#epoch(event);
      case "saved":
        return;
      case "end":
        return this.#end(event.finished);
    }
  }

  /** The last line: what there is now, and what to do with it. */
  #end(finished: boolean): void {
    const path = (file: string) => shellWord(shownPath(join(this.#run!.folder, file)));
    this.#listener.line(
      finished
        ? `Finished. Test the best model: deno task test --resume ${path("model_best")}`
        : `Stopped and saved. Go on with: deno task train --resume ${path("checkpoint")}`,
    );
  }

  #start(event: TrainEvent & { type: "start" }): void {
    const line = (text: string) => this.#listener.line(text);
    const { config } = event;
    line(
      `Run ${config.name}: ${config.epochs} epochs on ${config.device} in ${config.precision}, seed ${config.seed}, variant ${config.variant}, sampler ${config.sampler}`,
    );
    line(`  + Number of params: ${event.parameters}`);
    for (const { notion, train, val, shortfall } of event.triplets) {
      line(`  ${notion}: ${train} training and ${val} validation triplets`);
      if (shortfall > 0) {
        this.#listener.warning?.(
          `the list of ${notion} is ${shortfall} triplets short of its share of --num-traintriplets`,
        );
      }
    }
    const { batches, skipped = 0 } = event.state.sums;
    if (event.history.length > 0 || batches + skipped > 0) {
      line(`Going on in epoch ${event.state.epoch}, batch ${batches + skipped + 1}`);
    }
  }

  #step(event: TrainEvent & { type: "step" }): void {
    this.#steps += 1;
    this.#listener.progress?.({
      what: `Epoch ${event.epoch}/${this.#run!.config.epochs}`,
      done: event.trained,
      total: event.triplets,
      unit: "triplets",
    });
    if (this.#steps === estimateAfter && !this.#flags.json) {
      this.#listener.line(
        `The whole run will take about ${duration(event.secondsLeft)} more (${
          Math.round(event.tripletsPerSecond)
        } triplets/s)`,
      );
    }
    if ((event.batch - 1) % this.#run!.settings.logInterval !== 0) return;
    this.#listener.line(this.#flags.json ? JSON.stringify(plain(event)) : logLine(event));
  }

  #epoch({ metrics, validation }: TrainEvent & { type: "epoch" }): void {
    const line = (text: string) => this.#listener.line(text);
    const { learningRate, train } = metrics;
    line(
      `Epoch ${metrics.epoch}: learning rate ${learningRate.toPrecision(4)}, loss ${
        train.loss.toFixed(4)
      }, ` +
        `accuracy ${percent(train.accuracy)}, embedding norm ${train.embeddingNorm.toFixed(3)}, ` +
        `mask norm ${train.maskNorm.toFixed(2)}, ${duration(metrics.seconds)}`,
    );
    line(evaluationLine({ loss: validation.loss, accuracy: validation.accuracy }));
    for (const { name, accuracy, triplets } of validation.notions) {
      line(`  ${name}: ${percent(accuracy)} of ${triplets}`);
    }
    if (metrics.activeDimensions !== undefined) {
      line(
        `  dimensions in use: ${
          metrics.activeDimensions.map((active, row) => `${validation.notions[row].name} ${active}`)
            .join(", ")
        }; by none: ${metrics.unusedDimensions}`,
      );
    }
    if (metrics.best) line("  the best so far: saved as model_best");
  }
}

function logLine(event: TrainEvent & { type: "step" }): string {
  return trainLine({
    epoch: event.epoch,
    batch: event.batch - 1,
    batchSize: event.size,
    triplets: event.triplets,
    loss: event.loss.triplet,
    lossMean: event.mean.loss,
    accuracy: event.accuracy,
    accuracyMean: event.mean.accuracy,
    embeddingNorm: event.loss.embeddingNorm,
    embeddingNormMean: event.mean.embeddingNorm,
  });
}

/** Without the distances of single triplets. */
function plain(event: TrainEvent & { type: "step" }): Record<string, unknown> {
  const { loss, triplet, embeddingNorm, maskNorm } = event.loss;
  return { ...event, loss: { loss, triplet, embeddingNorm, maskNorm } };
}
