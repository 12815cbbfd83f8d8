import { outlivesTerminal } from "./outlives_terminal.ts";

/**
 * From now on a write beyond the limit on the size of files (`ulimit -f`) fails, as on a full disk;
 * otherwise the system would end the process by SIGXFSZ, and what it was writing would stay.
 */
export function surviveFileLimit(): void {
  // To be asked before any signal is listened for.
  outlivesTerminal();
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGXFSZ", () => {});
}
