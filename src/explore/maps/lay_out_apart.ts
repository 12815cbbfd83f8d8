import { askWorker } from "../../base/ask_worker.ts";
import type { MapAnswer, MapTask } from "./map_worker.ts";

/**
 * Lays points out to [n, 2] in a thread of its own, so that the server goes on answering. `onShare`
 * is called with how far it is, from 0 to 1.
 */
export async function layOutApart(
  task: MapTask,
  { signal, onShare }: { readonly signal?: AbortSignal; onShare?: (share: number) => void } = {},
): Promise<Float32Array> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL("./map_worker.ts", import.meta.url), { type: "module" });
  return await askWorker(worker, task, {
    take: (message) => {
      const said = message as MapAnswer;
      if ("layout" in said) return said.layout;
      onShare?.(said.share);
    },
    failing: "Cannot lay images out",
    signal,
  });
}
