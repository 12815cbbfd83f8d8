/**
 * Points [n, 2] with their mean at 0 and a mean square of their distances from it of 1; points that
 * are all one stay at 0.
 */
export function normalised(points: Float32Array | Float64Array): Float32Array<ArrayBuffer> {
  const n = points.length / 2;
  const mean = [0, 0];
  for (let i = 0; i < points.length; i++) mean[i % 2] += points[i] / n;
  let squares = 0;
  for (let i = 0; i < points.length; i++) squares += (points[i] - mean[i % 2]) ** 2 / n;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  return Float32Array.from(points, (value, i) => scale * (value - mean[i % 2]));
}

/**
 * A layout [n, 2] turned, or mirrored and turned, so that its points lie as near as may be to those
 * of `reference` [n, 2] (Procrustes analysis), and normalised: so the eye finds a point again when
 * the map changes. No distance within the layout changes but by one common factor.
 */
export function aligned(
  layout: Float32Array | Float64Array,
  reference: Float32Array,
): Float32Array<ArrayBuffer> {
  const points = normalised(layout);
  // Sums of products of the points' x and y with the reference's.
  const sums = { xx: 0, xy: 0, yx: 0, yy: 0 };
  for (let i = 0; i < points.length; i += 2) {
    sums.xx += points[i] * reference[i];
    sums.xy += points[i] * reference[i + 1];
    sums.yx += points[i + 1] * reference[i];
    sums.yy += points[i + 1] * reference[i + 1];
  }
  // The best turn, and the best turn of the mirror image (y to -y), by what they gain.
  const turn = [sums.xx + sums.yy, sums.xy - sums.yx];
  const mirrored = [sums.xx - sums.yy, sums.xy + sums.yx];
  const isMirrored = Math.hypot(...mirrored) > Math.hypot(...turn);
  const [along, across] = isMirrored ? mirrored : turn;
  const gain = Math.hypot(along, across);
  const [cosine, sine] = gain > 0 ? [along / gain, across / gain] : [1, 0];
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i];
    const y = isMirrored ? -points[i + 1] : points[i + 1];
    points[i] = cosine * x - sine * y;
    points[i + 1] = sine * x + cosine * y;
  }
  return points;
}
