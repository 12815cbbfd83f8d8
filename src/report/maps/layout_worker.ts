/** A worker that lays points out and answers with their places. */
import { layOut } from "./lay_out.ts";
import type { LayoutTask } from "./layout_task.ts";

// What a worker sees of itself; the types of the DOM's window are another.
const self = globalThis as unknown as {
  onmessage: (event: MessageEvent<LayoutTask>) => void;
  postMessage(message: Float32Array): void;
  close(): void;
};

self.onmessage = ({ data: { points, dimension, settings } }) => {
  self.postMessage(layOut(points, dimension, settings));
  self.close();
};
