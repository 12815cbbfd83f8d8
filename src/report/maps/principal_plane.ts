/**
 * Steps of the power iteration for each axis; the plane only starts a layout, so few digits are
 * enough.
 */
const steps = 50;

/**
 * The coordinates [n, 2] of `points` [n, dimension] on their two axes of greatest variance, each
 * axis with its larger loading positive, so that the sign is no accident. An axis along which
 * nothing varies gives zeros.
 */
export function principalPlane(points: Float32Array, dimension: number): Float64Array {
  const n = points.length / dimension;
  const plane = new Float64Array(2 * n);
  const rest = centred(points, dimension);
  for (let axis = 0; axis < 2; axis++) {
    const direction = firstAxis(covariance(rest, dimension), dimension);
    for (let i = 0; i < n; i++) {
      let along = 0;
      for (let d = 0; d < dimension; d++) along += rest[i * dimension + d] * direction[d];
      plane[2 * i + axis] = along;
      for (let d = 0; d < dimension; d++) rest[i * dimension + d] -= along * direction[d];
    }
  }
  return plane;
}

function centred(points: Float32Array, dimension: number): Float64Array {
  const n = points.length / dimension;
  const result = Float64Array.from(points);
  for (let d = 0; d < dimension; d++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += result[i * dimension + d];
    for (let i = 0; i < n; i++) result[i * dimension + d] -= sum / n;
  }
  return result;
}

/** Sums of products [dimension, dimension]. */
function covariance(rows: Float64Array, dimension: number): Float64Array {
  const sums = new Float64Array(dimension * dimension);
  for (let at = 0; at < rows.length; at += dimension) {
    for (let a = 0; a < dimension; a++) {
      for (let b = a; b < dimension; b++) sums[a * dimension + b] += rows[at + a] * rows[at + b];
    }
  }
  for (let a = 0; a < dimension; a++) {
    for (let b = 0; b < a; b++) sums[a * dimension + b] = sums[b * dimension + a];
  }
  return sums;
}

/**
 * The unit vector along which a symmetric matrix stretches most, by power iteration; zeros for a
 * zero matrix.
 */
function firstAxis(matrix: Float64Array, dimension: number): Float64Array {
  // The axis of the largest diagonal entry is never at a right angle to all of the answer but by
  // chance.
  let largest = 0;
  for (let d = 1; d < dimension; d++) {
    if (matrix[d * dimension + d] > matrix[largest * dimension + largest]) largest = d;
  }
  let axis = new Float64Array(dimension);
  axis[largest] = 1;
  for (let step = 0; step < steps; step++) {
    const next = new Float64Array(dimension);
    for (let a = 0; a < dimension; a++) {
      for (let b = 0; b < dimension; b++) next[a] += matrix[a * dimension + b] * axis[b];
    }
    const length = Math.hypot(...next);
    if (length === 0) return next;
    axis = next.map((value) => value / length);
  }
  let most = 0;
  for (let d = 1; d < dimension; d++) if (Math.abs(axis[d]) > Math.abs(axis[most])) most = d;
  return axis[most] < 0 ? axis.map((value) => -value) : axis;
}
