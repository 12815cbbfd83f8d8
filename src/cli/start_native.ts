import { openLibrary, setThreads } from "../native/library.ts";
import { setUp } from "../native/setup.ts";
import { terminalListener } from "./terminal.ts";

/** Sets libtorch and the shim up when they are missing, and opens them. */
export async function startNative(options: { readonly threads?: number } = {}): Promise<void> {
  using listener = terminalListener();
  openLibrary(await setUp({ listener }));
  if (options.threads !== undefined) setThreads(options.threads);
}
