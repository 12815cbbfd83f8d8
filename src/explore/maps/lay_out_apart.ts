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
  const answer = Promise.withResolvers<Float32Array>();
  const stop = () => answer.reject(signal!.reason);
  worker.onmessage = ({ data }: MessageEvent<MapAnswer>) => {
    if ("layout" in data) answer.resolve(data.layout);
    else onShare?.(data.share);
  };
  worker.onerror = (event) => {
    // Else the error would end the process, too.
    event.preventDefault();
    answer.reject(new Error(`Cannot lay images out: ${event.message}`));
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    worker.postMessage(task);
    return await answer.promise;
  } finally {
    signal?.removeEventListener("abort", stop);
    worker.terminate();
  }
}
