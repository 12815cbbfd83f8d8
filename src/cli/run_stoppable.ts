import type { Listener } from "../base/listener.ts";
import { Interruption } from "./interruption.ts";

/**
 * Runs work that Ctrl-C, SIGTERM and SIGHUP stop. If they do, `stopped` is printed, which says what
 * is kept and what the same command does; the exit code is the signal's. Work that ends in spite of
 * a signal ends as usual.
 */
export async function runStoppable(
  listener: Listener,
  stopped: string,
  work: (signal: AbortSignal, interruption: Interruption) => Promise<void>,
): Promise<void> {
  using interruption = new Interruption(() => {});
  try {
    await work(interruption.signal, interruption);
  } catch (error) {
    if (!interruption.signal.aborted || error !== interruption.signal.reason) throw error;
    listener.notice?.(`Stopped: ${stopped}`);
    Deno.exitCode = interruption.exitCode!;
  }
}
