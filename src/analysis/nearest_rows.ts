/** For each row its nearest rows, itself first. */
export interface NearestRows {
  /** Rows, nearest first; equal distances in the order of rows. */
  readonly rows: number[][];
  /** Their Euclidean distances. */
  readonly distances: number[][];
}

/**
 * The `k` nearest of `points` [n, dimension] to each of them, itself among them, by comparing all
 * pairs.
 */
export function nearestRows(points: Float32Array, dimension: number, k: number): NearestRows {
  const n = points.length / dimension;
  const most = Math.min(k, n);
  const rows = Array.from({ length: n }, (_, i) => [i]);
  const distances = Array.from({ length: n }, () => [0]);
  const take = (of: number, row: number, distance: number) => {
    const [theirRows, theirs] = [rows[of], distances[of]];
    if (theirs.length === most && distance >= theirs[most - 1]) return;
    // Behind equal distances: pairs come in the order of rows, so a tie keeps it.
    let place = theirs.length;
    while (place > 1 && theirs[place - 1] > distance) place--;
    theirs.splice(place, 0, distance);
    theirRows.splice(place, 0, row);
    if (theirs.length > most) {
      theirs.pop();
      theirRows.pop();
    }
  };
  if (most < 2) return { rows, distances };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let d = 0; d < dimension; d++) {
        const difference = points[i * dimension + d] - points[j * dimension + d];
        sum += difference * difference;
      }
      const distance = Math.sqrt(sum);
      take(i, j, distance);
      take(j, i, distance);
    }
  }
  return { rows, distances };
}
