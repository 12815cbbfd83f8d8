import type { ExperimentOptions } from "../experiment/run_cells.ts";
import { HeldFolder } from "../files/held_folder.ts";
import {
  cellSettings,
  commonConfig,
  type ExperimentFlags,
  experimentName,
} from "./experiment_options.ts";
import { ExperimentView } from "./experiment_view.ts";
import { Interruption } from "./interruption.ts";
import { runPath, shownPath } from "./paths.ts";
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
  using listener = terminalListener();
  await startNative(flags);
  // Set-up, which has nothing to save, is over.
  using interruption = new Interruption(() =>
    listener.warning("stopping after this step and saving; Ctrl-C again stops at once")
  );
  const common = await commonConfig(flags, listener);
  const folder = runPath(experimentName(kind, flags), flags.runs);
  const view = new ExperimentView(common, listener, {
    live: Deno.stderr.isTerminal(),
    now: () => performance.now(),
  });
  // Two processes would train the same cells.
  using _held = await HeldFolder.take(folder, {
    what: "the folder",
    another: "choose another --name",
  });
  const result = await runUnlessStopped(interruption.signal, () =>
    run({
      folder,
      common,
      settings: cellSettings(flags),
      overwrite: flags.overwrite,
      packDir: flags.packDir,
      listener: view.listener,
      onEvent: (event) => view.show(event),
      signal: interruption.signal,
    }));
  if (result === null) {
    listener.notice("Stopped and saved. The same command goes on.");
    Deno.exitCode = interruption.exitCode!;
    return;
  }
  const path = shownPath(folder);
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
