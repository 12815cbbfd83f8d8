/** What `train` does once its options are parsed: a new run, or one that goes on. */
import type { Listener } from "../base/listener.ts";
import { join } from "../files/paths.ts";
import type { RunSettings } from "../model/config.ts";
import { type ModelFile, readModelFile } from "../model/model_file.ts";
import type { Place } from "../distributed/place.ts";
import { describeLibrary } from "../native/library.ts";
import { notionRows, openImageSet } from "../sets/image_set.ts";
import { checkSettings } from "../training/check_settings.ts";
import { train } from "../training/train.ts";
import type { TrainEvent } from "../training/train_event.ts";
import type { TrainOptions } from "../training/train_options.ts";
import { VisdomClient } from "../visdom/visdom_client.ts";
import { VisdomReporter } from "../visdom/visdom_reporter.ts";
import { exitCodes, Interruption } from "./interruption.ts";
import { userPath } from "./paths.ts";
import { deviceOf } from "./processes/device_of.ts";
import { inGroup } from "./processes/in_group.ts";
import { isSilent } from "./processes/own_place.ts";
import { defaultTimeout, partOf } from "./processes/process_options.ts";
import { runProcesses } from "./processes/run_processes.ts";
import { threadsOf } from "./processes/threads_of.ts";
import { startNative } from "./start_native.ts";
import { type TerminalListener, terminalListener } from "./terminal.ts";
import { newRun, resumedRun } from "./train_flags.ts";
import type { TrainFlags } from "./train_options.ts";
import { TrainView } from "./train_view.ts";

/**
 * Trains as the flags say; `given` names those that the user gave. One of several processes trains
 * its part.
 */
export async function startRun(flags: TrainFlags, given: ReadonlySet<string>): Promise<void> {
  const part = partOf(flags);
  if ("start" in part) {
    await examine(flags, given);
    return await runProcesses(part.start);
  }
  const { place } = part;
  using listener = terminalListener();
  const { checkpoint, asked } = await readAsked(flags, given);
  const threads = flags.threads ?? threadsBefore(checkpoint, place);
  await startNative(threadsOf(place, threads, (name) => Deno.env.get(name)));
  // Set-up, which has nothing to save, is over.
  using interruption = new Interruption(() =>
    listener.warning?.("stopping after this step and saving; Ctrl-C again stops at once")
  );
  const stored = checkpoint?.info.config.device;
  const device = place === null ? asked.device : deviceOf(
    place,
    { asked: asked.device, stored },
    describeLibrary().cuda.devices,
  );
  const options = {
    device: device ?? "cpu",
    timeoutSeconds: flags.timeout ?? defaultTimeout,
    interruption,
    verbose: flags.verbose,
  };
  await inGroup(place, options, async (group) => {
    const shown = { json: flags.json, listener, interruption };
    await trainShown({ ...asked, device, group }, shown);
  });
  if (interruption.exitCode !== null) Deno.exitCode = interruption.exitCode;
}

/** Throws once what every process would find wrong before it meets the others. */
async function examine(flags: TrainFlags, given: ReadonlySet<string>): Promise<void> {
  const { asked, checkpoint } = await readAsked(flags, given);
  checkSettings(asked);
  const set = await openImageSet(asked.data ?? checkpoint!.info.config.data);
  if (asked.notions !== undefined) notionRows(set, asked.notions);
}

/** What the flags ask for, and the checkpoint that the run goes on from. */
async function readAsked(
  flags: TrainFlags,
  given: ReadonlySet<string>,
): Promise<{ readonly checkpoint?: ModelFile; readonly asked: TrainOptions }> {
  const checkpoint = flags.resume === undefined
    ? undefined
    : await readModelFile(userPath(flags.resume));
  const asked = checkpoint === undefined ? newRun(flags) : resumedRun(checkpoint, flags, given);
  // Check the address now, so that a wrong one is reported before the first epoch ends.
  if (asked.visdom != null) new VisdomClient(asked.visdom);
  return { checkpoint, asked };
}

/** The threads that a run had, where it goes on in as many processes; others have their own share. */
function threadsBefore(
  checkpoint: ModelFile | undefined,
  place: Place | null,
): number | undefined {
  if (checkpoint === undefined) return undefined;
  const { world = 1, threads } = checkpoint.info;
  return world === (place?.world ?? 1) ? threads : undefined;
}

/** How a run is shown, and stopped. */
interface Shown {
  readonly json?: boolean;
  readonly listener: TerminalListener;
  readonly interruption: Interruption;
}

/** Trains, and shows and posts what happens; of several processes rank 0 alone does. */
async function trainShown(asked: TrainOptions, shown: Shown): Promise<void> {
  const { listener } = shown;
  const { signal } = shown.interruption;
  const visdom = isSilent() ? null : asked.visdom ?? null;
  const view = new TrainView(shown, listener);
  let reporter: VisdomReporter | null = null;
  const onEvent = (event: TrainEvent) => {
    view.show(event);
    if (event.type === "start") reporter = newReporter(event, visdom, listener);
    if (event.type === "epoch") reporter?.report(event.metrics);
  };
  try {
    const { finished } = await train({ ...asked, listener, onEvent, signal });
    // Another process was asked to stop.
    if (!finished && !signal.aborted) Deno.exitCode = exitCodes.SIGTERM;
  } catch (error) {
    // While the data is made ready there is nothing to save yet. Any other failure, such as a full
    // disk when the interrupted run is saved, must not pass for that.
    if (error !== signal.reason) throw error;
    listener.warning?.("stopped before training began; the same command goes on");
  } finally {
    await (reporter as VisdomReporter | null)?.close(signal.aborted ? 2_000 : 10_000);
  }
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
