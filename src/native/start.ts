import { openLibrary, setThreads } from "./library.ts";
import { type NativeParts, setUp, type SetUpOptions } from "./setup.ts";

/** How libtorch is started. */
export interface StartOptions extends SetUpOptions {
  /**
   * Threads that one operator may use. By default OMP_NUM_THREADS says, else it is one a core, and no more
   * than a container's quota and the process's affinity allow.
   */
  readonly threads?: number;
  /** Processes on this machine that compute together and share its processors. @default {1} */
  readonly processes?: number;
}

/**
 * Makes libtorch ready, once per process, before anything else of csn that computes: finds or
 * fetches it, builds the shim when needed (a minute, once per user), and opens both. Throws a
 * CsnError that says what to install or set.
 *
 * @example Make libtorch ready with two threads
 * ```ts
 * import { start, threads } from "@csn/csn";
 *
 * const { libtorchVersion } = await start({ threads: 2 });
 * console.log(`libtorch ${libtorchVersion}, ${threads()} threads`);
 * ```
 */
export async function start(options: StartOptions = {}): Promise<NativeParts> {
  const parts = await setUp(options);
  openLibrary(parts, options.processes);
  if (options.threads !== undefined) setThreads(options.threads);
  return parts;
}
