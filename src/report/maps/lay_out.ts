import { UMAP } from "umap-js";
import { randomUnit, streamFor } from "../../base/random.ts";
import { nearestRows } from "../../analysis/nearest_rows.ts";
import type { LayoutSettings } from "./layout_settings.ts";
import { principalPlane } from "./principal_plane.ts";

/** Half the width that the widest axis has in the beginning, as umap-learn begins. */
const startRadius = 10;

/** What is added in the beginning, lest equal points stay one. */
const jitter = 1e-2;

/** Fewer points have no neighbourhood to keep: they stay where their principal plane puts them. */
const fewest = 5;

/**
 * Lays points [n, dimension] out in the plane, [n, 2], so that near ones stay near: UMAP by exact
 * neighbours, begun from the principal plane, which keeps far-off groups in their places (Kobak and
 * Linderman, Nature Biotechnology 2021). Dimensions that are zero everywhere may be left out by the
 * caller. `onEpoch` is called after each step of the optimisation.
 */
export function layOut(
  points: Float32Array,
  dimension: number,
  settings: LayoutSettings,
  onEpoch: (done: number, total: number) => void = () => {},
): Float32Array<ArrayBuffer> {
  const n = points.length / dimension;
  const random = randomNumbers(settings.seed);
  const start = startingPlaces(principalPlane(points, dimension), random);
  if (n < fewest) return Float32Array.from(start);
  const umap = new UMAP({
    nNeighbors: Math.min(settings.neighbours, n - 1),
    minDist: settings.minimumDistance,
    nEpochs: settings.epochs,
    random,
  });
  const nearest = nearestRows(points, dimension, Math.min(settings.neighbours, n - 1));
  umap.setPrecomputedKNN(nearest.rows, nearest.distances);
  const epochs = umap.initializeFit(rowsOf(points, dimension));
  // The library begins at random places; what it hands out before the first step is what it moves.
  umap.getEmbedding().forEach((place, i) => place.splice(0, 2, start[2 * i], start[2 * i + 1]));
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    onEpoch(epoch + 1, epochs);
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

function rowsOf(points: Float32Array, dimension: number): number[][] {
  return Array.from(
    { length: points.length / dimension },
    (_, i) => Array.from(points.subarray(i * dimension, (i + 1) * dimension)),
  );
}

function randomNumbers(seed: number): () => number {
  const stream = streamFor("layout");
  let index = 0;
  return () => randomUnit(seed, stream, index++);
}

function startingPlaces(plane: Float64Array, random: () => number): Float64Array {
  let widest = 0;
  for (const value of plane) widest = Math.max(widest, Math.abs(value));
  const scale = widest === 0 ? 0 : startRadius / widest;
  return plane.map((value) => value * scale + jitter * (random() - 0.5));
}
