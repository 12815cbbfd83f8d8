/** Milliseconds in which a signal that ended a child reaches this process, too. */
const longestMs = 1000;

/**
 * Throws the reason of `signal` when a child process ended because of it. Ctrl-C goes to the
 * children as well, whose end may be noticed first.
 */
export async function throwIfStopped(
  { signal: endedBy }: Deno.CommandStatus,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal === undefined) return;
  const isStopped = endedBy === "SIGINT" || endedBy === "SIGTERM" || endedBy === "SIGHUP";
  if (isStopped && !signal.aborted) await aborted(signal);
  signal.throwIfAborted();
}

/** Waits for the signal, but not for long. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, longestMs);
    signal.addEventListener("abort", end);
  });
}
