import { CsnError } from "../base/errors.ts";
import { allOrNone } from "../distributed/all_or_none.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import type { ExperimentOptions } from "../experiment/experiment_options.ts";
import { HeldFolder } from "../files/held_folder.ts";
import { type ExperimentFlags, experimentOf } from "./experiment_options.ts";
import { ExperimentView } from "./experiment_view.ts";
import { exitCodes, Interruption } from "./interruption.ts";
import { shownPath } from "./paths.ts";
import { deviceIn } from "./processes/device_of.ts";
import { inGroup } from "./processes/in_group.ts";
import { isSilent } from "./processes/own_place.ts";
import { defaultTimeout, partOf } from "./processes/process_options.ts";
import { runProcesses } from "./processes/run_processes.ts";
import { threadsOf } from "./processes/threads_of.ts";
import { startNative } from "./start_native.ts";
import { listenerOfAnyRank, type TerminalListener, terminalListener } from "./terminal.ts";

/**
 * Runs an experiment of the command `kind` and prints its result: as `text` shows it, or with
 * `--json`. One of several processes trains runs of its own.
 */
export async function runExperiment<Result>(
  kind: string,
  flags: ExperimentFlags,
  run: (options: ExperimentOptions) => Promise<Result | null>,
  text: (result: Result) => string,
): Promise<void> {
  const part = partOf(flags);
  if ("start" in part) return await runProcesses(part.start);
  const { place } = part;
  using listener = terminalListener();
  await startNative(threadsOf(place, flags.threads, (name) => Deno.env.get(name)));
  // Set-up, which has nothing to save, is over.
  using interruption = new Interruption(() =>
    listener.warning("stopping after this step and saving; Ctrl-C again stops at once")
  );
  const device = deviceIn(place, flags.device);
  const timeoutSeconds = flags.timeout ?? defaultTimeout;
  const options = experimentOf(kind, { ...flags, device });
  const { verbose } = flags;
  await inGroup(place, { device, timeoutSeconds, interruption, verbose }, async (group) => {
    const result = await runHeld({ ...options, group }, interruption.signal, run);
    if (result !== null) return show(kind, flags, options.out, listener, result, text);
    listener.notice("Stopped and saved. The same command goes on.");
    // Another process was stopped where this one was not.
    Deno.exitCode = interruption.exitCode ?? exitCodes.SIGTERM;
  });
}

/** Runs it while no other command trains the same cells, and shows how it goes on. */
async function runHeld<Result>(
  options: ExperimentOptions,
  signal: AbortSignal,
  run: (options: ExperimentOptions) => Promise<Result | null>,
): Promise<Result | null> {
  using listener = listenerOfAnyRank();
  const view = new ExperimentView(listener, {
    live: !isSilent() && Deno.stderr.isTerminal(),
    now: () => performance.now(),
  });
  using _held = await holdFolder(options.out, options.group, signal);
  return await runUnlessStopped(signal, () =>
    run({
      ...options,
      listener: view.listener,
      onEvent: (event) => view.show(event),
      signal,
    }));
}

/** Of several processes rank 0 holds the folder, and the others must see it do so. */
async function holdFolder(
  path: string,
  group: ProcessGroup | undefined,
  signal: AbortSignal,
): Promise<Disposable> {
  using held = new DisposableStack();
  const words = { what: "the folder", another: "choose another --name" };
  await allOrNone(group ?? null, async () => {
    if (!isSilent()) held.use(await HeldFolder.take(path, words));
  }, signal);
  const holders = await group?.gatherTexts(await HeldFolder.holderOf(path)) ?? [];
  const blind = holders.findIndex((holder) => holder !== holders[0]);
  if (blind < 0) return held.move();
  throw new CsnError(
    `Cannot share the runs in ${path}: rank ${blind} does not see what rank 0 writes there; ` +
      "name a folder with --runs that all machines share",
  );
}

function show<Result>(
  kind: string,
  { json }: ExperimentFlags,
  folder: string,
  listener: TerminalListener,
  result: Result,
  text: (result: Result) => string,
): void {
  if (json) return listener.line(JSON.stringify(result));
  const path = shownPath(folder);
  listener.line(text(result));
  listener.line(`\nwritten: ${path}/${kind}.json, ${path}/${kind}.csv; a run in ${path}/ each`);
}

/** Null also when the signal stopped it while data was made ready, of which nothing is lost. */
async function runUnlessStopped<Result>(
  signal: AbortSignal,
  run: () => Promise<Result | null>,
): Promise<Result | null> {
  try {
    return await run();
  } catch (error) {
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
}
