/** A worker that lays points out, in the plane of their greatest variance or by UMAP. */
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

self.onmessage = async ({ data }) => {
  self.postMessage({ layout: data.by === "plane" ? planeOf(data) : await mapOf(data) });
  self.close();
};

function planeOf({ points, dimension }: MapTask): Float32Array {
  return Float32Array.from(principalPlane(points, dimension));
}

/** UMAP is loaded when it is needed: planes come sooner without it. */
async function mapOf({ points, dimension, settings }: MapTask): Promise<Float32Array> {
  const { layOut } = await import("../../report/maps/lay_out.ts");
  return layOut(points, dimension, settings, (done, total) => {
    if (done % 5 === 0) self.postMessage({ share: done / total });
  });
}
