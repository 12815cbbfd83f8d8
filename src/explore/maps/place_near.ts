import { randomUnit, streamFor } from "../../base/random.ts";
import { EmbeddingMatrix } from "../../search/embedding_matrix.ts";
import { scan } from "../../search/scan.ts";

/** Neighbours that a point is placed by: few, lest it end between groups that it is not of. */
const neighbours = 4;

/** Points that are placed between two reports. */
const atOnce = 2048;

/** A sample that is laid out. */
export interface LaidOutSample {
  /** Which points it is of, ascending. */
  readonly sample: Uint32Array;
  /** Their places, [sample.length, 2]. */
  readonly layout: Float32Array;
}

/**
 * Places all of `points` [n, dimension] in the plane, [n, 2], by a sample of them that is laid out:
 * its points stay where they are, each other lies in the mean of its nearest ones among them,
 * weighted by the inverse square of their distances, and a little aside, so that equal points do not
 * hide each other. Neighbours are exact. `onPlaced` is called with how many are placed.
 */
export async function placeNear(
  points: Float32Array,
  dimension: number,
  { sample, layout }: LaidOutSample,
  { seed, onPlaced, signal }: {
    readonly seed: number;
    readonly onPlaced?: (done: number) => void;
    readonly signal?: AbortSignal;
  },
): Promise<Float32Array<ArrayBuffer>> {
  const n = points.length / dimension;
  const places = new Float32Array(2 * n);
  const isPlaced = new Uint8Array(n);
  sample.forEach((point, at) => {
    places.set(layout.subarray(2 * at, 2 * at + 2), 2 * point);
    isPlaced[point] = 1;
  });
  const rest = Uint32Array.from({ length: n }, (_, point) => point).filter((p) => !isPlaced[p]);
  using matrix = EmbeddingMatrix.of(gather(points, dimension, sample), dimension);
  const weights = new Float64Array(dimension).fill(1);
  const aside = typicalGap(layout);
  const stream = streamFor("layout", 1);
  for (let at = 0; at < rest.length; at += atOnce) {
    const some = rest.subarray(at, at + atOnce);
    const queries = gather(points, dimension, some);
    const found = await scan(matrix, queries, { weights }, { k: neighbours, signal });
    found.forEach(({ rows, scores }, i) => {
      const point = some[i];
      const [x, y] = meanPlace(rows, scores, layout);
      const angle = 2 * Math.PI * randomUnit(seed, stream, 2 * point);
      // Evenly over a disc.
      const radius = aside * Math.sqrt(randomUnit(seed, stream, 2 * point + 1));
      places[2 * point] = x + radius * Math.cos(angle);
      places[2 * point + 1] = y + radius * Math.sin(angle);
    });
    onPlaced?.(at + some.length);
  }
  return places;
}

function meanPlace(
  rows: Uint32Array,
  squares: Float64Array,
  layout: Float32Array,
): [x: number, y: number] {
  let [x, y, sum] = [0, 0, 0];
  // Nothing is divided by 0; an equal point counts more than all others together.
  const least = 1e-6 * squares[squares.length - 1] || 1;
  rows.forEach((row, i) => {
    const weight = 1 / (squares[i] + least);
    x += weight * layout[2 * row];
    y += weight * layout[2 * row + 1];
    sum += weight;
  });
  return [x / sum, y / sum];
}

/** How far apart points would lie that filled the square around the layout evenly. */
function typicalGap(layout: Float32Array): number {
  const [low, high] = [[Infinity, Infinity], [-Infinity, -Infinity]];
  layout.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  const area = (high[0] - low[0]) * (high[1] - low[1]);
  return area > 0 ? Math.sqrt(area / (layout.length / 2)) / 2 : 0;
}

/** Rows number `which` of `points`. */
export function gather(
  points: Float32Array,
  dimension: number,
  which: Uint32Array,
): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(which.length * dimension);
  which.forEach((row, at) => {
    rows.set(points.subarray(row * dimension, (row + 1) * dimension), at * dimension);
  });
  return rows;
}
