import type { NativeParts } from "../native/setup.ts";
import { start, type StartOptions } from "../native/start.ts";
import { Interruption } from "./interruption.ts";
import { StoppedError } from "./stopped_error.ts";
import { terminalListener } from "./terminal.ts";

/**
 * Sets libtorch and the shim up when they are missing, and opens them. Throws a StoppedError when
 * Ctrl-C, SIGTERM or SIGHUP comes; nothing half made is left then.
 */
export async function startNative(
  options: Pick<StartOptions, "threads" | "processes" | "rebuild"> = {},
): Promise<NativeParts> {
  const { threads, processes, rebuild } = options;
  using listener = terminalListener();
  using interruption = new Interruption(() => {});
  const { signal } = interruption;
  try {
    const parts = await start({ listener, threads, processes, rebuild, signal });
    // A signal that came while libtorch was opened is delivered in the next turn.
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    return parts;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    throw new StoppedError(
      "csn was not set up; the same command begins again",
      interruption.exitCode!,
      { cause: error },
    );
  }
}
