import { start } from "../native/start.ts";
import { terminalListener } from "./terminal.ts";

/** Sets libtorch and the shim up when they are missing, and opens them. */
export async function startNative(options: { readonly threads?: number } = {}): Promise<void> {
  using listener = terminalListener();
  await start({ listener, threads: options.threads });
}
