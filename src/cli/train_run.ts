/** What `train` does once its options are parsed: a new run, or one that goes on. */
import type { Listener } from "../base/listener.ts";
import { join } from "../files/paths.ts";
import type { RunSettings } from "../model/config.ts";
import { readModelFile } from "../model/model_file.ts";
import { train } from "../training/train.ts";
import type { TrainEvent } from "../training/train_event.ts";
import type { TrainOptions } from "../training/train_options.ts";
import { VisdomClient } from "../visdom/visdom_client.ts";
import { VisdomReporter } from "../visdom/visdom_reporter.ts";
import { Interruption } from "./interruption.ts";
import { userPath } from "./paths.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";
import { newRun, resumedRun } from "./train_flags.ts";
import type { TrainFlags } from "./train_options.ts";
import { TrainView } from "./train_view.ts";

/** Trains as the flags say; `given` names those that the user gave. */
export async function startRun(flags: TrainFlags, given: ReadonlySet<string>): Promise<void> {
  using listener = terminalListener();
  const checkpoint = flags.resume === undefined
    ? undefined
    : await readModelFile(userPath(flags.resume));
  const asked: TrainOptions = checkpoint === undefined
    ? newRun(flags)
    : resumedRun(checkpoint, flags, given);
  const visdom = asked.visdom ?? null;
  // Check the address now, so that a wrong one is reported before the first epoch ends.
  if (visdom !== null) new VisdomClient(visdom);
  await startNative({ threads: flags.threads ?? checkpoint?.info.threads });
  // Set-up, which has nothing to save, is over.
  using interruption = new Interruption(() =>
    listener.warning?.("stopping after this step and saving; Ctrl-C again stops at once")
  );
  const { signal } = interruption;
  const view = new TrainView({ json: flags.json }, listener);
  let reporter: VisdomReporter | null = null;
  const onEvent = (event: TrainEvent) => {
    view.show(event);
    if (event.type === "start") reporter = newReporter(event, visdom, listener);
    if (event.type === "epoch") reporter?.report(event.metrics);
  };
  try {
    await train({ ...asked, listener, onEvent, signal });
  } catch (error) {
    // While the data is made ready there is nothing to save yet. Any other failure, such as a full
    // disk when the interrupted run is saved, must not pass for that.
    if (error !== signal.reason) throw error;
    listener.warning?.("stopped before training began; the same command goes on");
  } finally {
    await (reporter as VisdomReporter | null)?.close(signal.aborted ? 2_000 : 10_000);
  }
  if (interruption.exitCode !== null) Deno.exitCode = interruption.exitCode;
}

function newReporter(
  { config, folder, triplets, history }: TrainEvent & { type: "start" },
  visdom: RunSettings["visdom"],
  listener: Listener,
): VisdomReporter | null {
  if (visdom === null) return null;
  return new VisdomReporter({
    ...visdom,
    name: config.name,
    notions: config.notions,
    conditions: triplets.map(({ condition }) => condition),
    history,
    logFile: join(folder, "visdom.jsonl"),
    listener,
  });
}
