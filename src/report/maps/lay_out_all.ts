import { askWorker } from "../../base/ask_worker.ts";
import type { LayoutTask } from "./layout_task.ts";

/** How many layouts are computed at a time. */
export interface LayoutWork {
  /** Threads. @default {those of the processor} */
  readonly threads?: number;
  /** Stops the work; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called after each that is done. */
  readonly onDone?: () => void;
}

/** Fewer points than this are laid out sooner than a thread starts. */
const worthAThread = 300;

/** Lays tasks out, several at a time, to [n, 2] each. */
export async function layOutAll(
  tasks: readonly LayoutTask[],
  { threads = navigator.hardwareConcurrency, signal, onDone }: LayoutWork = {},
): Promise<Float32Array[]> {
  const layouts: Float32Array[] = new Array(tasks.length);
  const waiting = [...tasks.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal?.throwIfAborted();
      const [place, task] = next;
      const isSmall = task.points.length < worthAThread * task.dimension;
      layouts[place] = isSmall ? await layOutHere(task) : await inThread(task, signal);
      onDone?.();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
  return layouts;
}

/** Loads UMAP when something is laid out, not before. */
async function layOutHere({ points, dimension, settings }: LayoutTask): Promise<Float32Array> {
  const { layOut } = await import("./lay_out.ts");
  return layOut(points, dimension, settings);
}

async function inThread(task: LayoutTask, signal?: AbortSignal): Promise<Float32Array> {
  const worker = new Worker(new URL("./layout_worker.ts", import.meta.url), { type: "module" });
  return await askWorker(worker, task, {
    take: (layout) => layout as Float32Array,
    failing: "Cannot lay images out",
    signal,
  });
}
