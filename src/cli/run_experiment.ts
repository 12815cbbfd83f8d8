import type { ExperimentOptions } from "../experiment/experiment_options.ts";
import { HeldFolder } from "../files/held_folder.ts";
import { type ExperimentFlags, experimentOf } from "./experiment_options.ts";
import { ExperimentView } from "./experiment_view.ts";
import { Interruption } from "./interruption.ts";
import { shownPath } from "./paths.ts";
import { refuseSeveral } from "./processes/process_options.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/**
 * Runs an experiment of the command `kind` and prints its result: as `text` shows it, or with
 * `--json`.
 */
export async function runExperiment<Result>(
  kind: string,
  flags: ExperimentFlags,
  run: (options: ExperimentOptions) => Promise<Result | null>,
  text: (result: Result) => string,
): Promise<void> {
  refuseSeveral(kind);
  using listener = terminalListener();
  await startNative(flags);
  // Set-up, which has nothing to save, is over.
  using interruption = new Interruption(() =>
    listener.warning("stopping after this step and saving; Ctrl-C again stops at once")
  );
  const options = experimentOf(kind, flags);
  const view = new ExperimentView(listener, {
    live: Deno.stderr.isTerminal(),
    now: () => performance.now(),
  });
  // Two processes would train the same cells.
  using _held = await HeldFolder.take(options.out, {
    what: "the folder",
    another: "choose another --name",
  });
  const result = await runUnlessStopped(interruption.signal, () =>
    run({
      ...options,
      listener: view.listener,
      onEvent: (event) => view.show(event),
      signal: interruption.signal,
    }));
  if (result === null) {
    listener.notice("Stopped and saved. The same command goes on.");
    Deno.exitCode = interruption.exitCode!;
    return;
  }
  const path = shownPath(options.out);
  if (flags.json) return listener.line(JSON.stringify(result));
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
