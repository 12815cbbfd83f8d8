/**
 * One rank of several that train together: its argument is JSON, options of `train()` and, beside
 * them, what is to happen. Prints lines of JSON: what it hears, and how the run ended.
 */
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";
import { train } from "../../src/training/train.ts";
import type { TrainOptions } from "../../src/training/train_options.ts";

/** What the program is asked to do. */
export interface SharedTraining {
  readonly options: TrainOptions;
  /** Other options of one rank. */
  readonly of?: Readonly<Record<number, Partial<TrainOptions>>>;
  /** Seconds that the others may take. */
  readonly timeout?: number;
}

const { options, of = {}, timeout = 60 }: SharedTraining = JSON.parse(Deno.args[0]);
const say = (said: unknown) => console.log(JSON.stringify(said));

async function run(): Promise<void> {
  await start({ threads: 1 });
  const place = readPlace((name) => Deno.env.get(name));
  await using group = place === null
    ? null
    : await ProcessGroup.open(place, { device: "cpu", timeoutSeconds: timeout });
  const stop = new AbortController();
  Deno.addSignalListener("SIGUSR1", () => stop.abort(new Error("stopped by the test")));
  const { finished, state } = await train({
    ...options,
    ...of[place?.rank ?? 0],
    ...group !== null && { group },
    signal: stop.signal,
    listener: {
      warning: (text) => say({ warning: text }),
      notice: (text) => say({ notice: text }),
    },
    onEvent: (event) => {
      if (event.type === "step") say({ step: event.batch, epoch: event.epoch });
      if (event.type === "saved") say({ saved: event.path });
    },
  } as TrainOptions);
  const { seconds: _seconds, ...sums } = state.sums;
  say({ finished, state: { ...state, sums } });
}

try {
  await run();
  // Listening for the signal keeps it alive.
  exitNow(0);
} catch (error) {
  console.error((error as Error).message);
  exitNow(1);
}
