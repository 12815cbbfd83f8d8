import type { TrainEvent } from "./train_event.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train_options.ts";

/** Steps that may wait to be taken. */
const mostSteps = 1000;

/**
 * `train` as events to loop over, with `for await`. Leaving the loop is as aborting the signal: the
 * step that runs is finished and a checkpoint is saved before the loop is left. Training does not
 * wait for the loop: of more than 1000 steps that wait to be taken the oldest are left out, other
 * events never.
 *
 * @example Train until it is good enough
 * ```ts
 * import { start } from "@csn/csn";
 * import { trainEvents } from "@csn/csn/train";
 *
 * await start();
 * const run = { data: "data/mine", out: "runs/enough", imageSize: 16, epochs: 3 };
 * for await (const event of trainEvents(run)) {
 *   if (event.type === "epoch" && event.metrics.validation.accuracy > 0.6) break;
 * }
 * ```
 */
export async function* trainEvents(
  options: TrainOptions,
): AsyncGenerator<TrainEvent, void, undefined> {
  const left = new AbortController();
  const signal = options.signal === undefined
    ? left.signal
    : AbortSignal.any([options.signal, left.signal]);
  const waiting = new WaitingEvents(mostSteps);
  const onEvent = (event: TrainEvent) => {
    options.onEvent?.(event);
    waiting.add(event);
  };
  const training = train({ ...options, onEvent, signal });
  training.then(() => waiting.end(), () => waiting.end());
  try {
    for (let event = await waiting.next(); event !== null; event = await waiting.next()) {
      yield event;
    }
  } finally {
    left.abort();
    await training.catch((error) => {
      // Left while the data were made ready: there was nothing to save.
      if (error !== left.signal.reason) throw error;
    });
  }
}

/** Events until they are taken. */
export class WaitingEvents {
  readonly #mostSteps: number;
  readonly #events: TrainEvent[] = [];
  #steps = 0;
  #hasEnded = false;
  #wake = () => {};

  /** At most so many steps wait. */
  constructor(mostSteps: number) {
    this.#mostSteps = mostSteps;
  }

  /** Adds an event; the oldest step that waits is left out for one too many. */
  add(event: TrainEvent): void {
    this.#events.push(event);
    if (event.type === "step" && ++this.#steps > this.#mostSteps) {
      this.#events.splice(this.#events.findIndex(({ type }) => type === "step"), 1);
      this.#steps -= 1;
    }
    this.#wake();
  }

  /** No event follows. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** The oldest event, once there is one; null after the last. */
  async next(): Promise<TrainEvent | null> {
    while (this.#events.length === 0) {
      if (this.#hasEnded) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const event = this.#events.shift()!;
    if (event.type === "step") this.#steps -= 1;
    return event;
  }
}
