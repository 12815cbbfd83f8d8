/** A worker that lays points out, in the plane of their greatest variance or by UMAP. */
import { layOut } from "../../report/maps/lay_out.ts";
import type { LayoutTask } from "../../report/maps/layout_task.ts";
import { principalPlane } from "../../report/maps/principal_plane.ts";

/** What the worker is asked for. */
export interface MapTask extends LayoutTask {
  readonly by: "plane" | "umap";
}

/** What it answers: how far it is, from 0 to 1, and in the end the places [n, 2]. */
export type MapAnswer = { readonly share: number } | { readonly layout: Float32Array };

// What a worker sees of itself; the types of the DOM's window are another.
const self = globalThis as unknown as {
  onmessage: (event: MessageEvent<MapTask>) => void;
  postMessage(message: MapAnswer): void;
  close(): void;
};

self.onmessage = ({ data: { by, points, dimension, settings } }) => {
  const layout = by === "plane"
    ? Float32Array.from(principalPlane(points, dimension))
    : layOut(points, dimension, settings, (done, total) => {
      if (done % 5 === 0) self.postMessage({ share: done / total });
    });
  self.postMessage({ layout });
  self.close();
};
