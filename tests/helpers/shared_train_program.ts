/**
 * One rank of several that train together, a run after the other: its argument is JSON. Prints lines
 * of JSON: what it hears, and how each run ended.
 */
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";
import { train } from "../../src/training/train.ts";
import type { TrainOptions } from "../../src/training/train_options.ts";

/** What the program is asked to do. */
export interface SharedTraining {
  readonly runs: readonly TrainOptions[];
  /** Other options of one rank. */
  readonly of?: Readonly<Record<number, Partial<TrainOptions>>>;
  /** Seconds that the others may take. */
  readonly timeout?: number;
  /** How often a launcher has started the processes again. */
  readonly round?: number;
  /** Rank 0, and with it the others, waits after this step until the file's lock is free. */
  readonly hold?: { readonly epoch: number; readonly step: number; readonly lock: string };
}

const { runs, of = {}, timeout = 60, round = 0, hold }: SharedTraining = JSON.parse(Deno.args[0]);
const say = (said: unknown) => console.log(JSON.stringify(said));

async function run(): Promise<void> {
  await start({ threads: 1 });
  const place = readPlace((name) => Deno.env.get(name));
  await using group = place === null
    ? undefined
    : await ProcessGroup.open({ ...place, round }, { device: "cpu", timeoutSeconds: timeout });
  const stop = new AbortController();
  Deno.addSignalListener("SIGUSR1", () => {
    stop.abort(new Error("stopped by the test"));
    say({ stopping: true });
  });
  for (const options of runs) {
    const asked = { ...options, ...of[place?.rank ?? 0], group } as TrainOptions;
    say(await trainOne(asked, stop.signal));
  }
}

async function trainOne(options: TrainOptions, signal: AbortSignal): Promise<unknown> {
  const { finished, state } = await train({
    ...options,
    signal,
    listener: {
      warning: (text) => say({ warning: text }),
      notice: (text) => say({ notice: text }),
    },
    onEvent: (event) => {
      if (event.type === "step") sayStep(event);
      if (event.type === "saved") say({ saved: event.path });
    },
  });
  const { seconds: _seconds, ...sums } = state.sums;
  return { finished, state: { ...state, sums } };
}

function sayStep({ batch: step, epoch }: { readonly batch: number; readonly epoch: number }): void {
  say({ step, epoch });
  if (step !== hold?.step || epoch !== hold.epoch) return;
  using lock = Deno.openSync(hold.lock, { write: true });
  lock.lockSync(true);
}

try {
  await run();
  // Listening for the signal keeps it alive.
  exitNow(0);
} catch (error) {
  console.error((error as Error).message);
  exitNow(1);
}
