/**
 * A square image [size, size, 3] made smaller, [side, side, 3]: each pixel is the mean of those it
 * covers, in whole or in part. Quick, for thumbnails; what a network sees is made by
 * `resizeToSquare`.
 */
export function shrinkSquare(
  pixels: Uint8Array,
  size: number,
  side: number,
): Uint8Array<ArrayBuffer> {
  const rows = new Float32Array(side * size * 3);
  const result = new Uint8Array(side * side * 3);
  const spans = spansOf(size, side);
  const stride = 3 * size;
  // First down, then across: both ways the memory is read in order.
  spans.forEach(({ first, weights }, y) => {
    weights.forEach((weight, i) => {
      const from = (first + i) * stride;
      const to = y * stride;
      for (let x = 0; x < stride; x++) rows[to + x] += weight * pixels[from + x];
    });
  });
  for (let y = 0; y < side; y++) {
    spans.forEach(({ first, weights }, x) => {
      let [red, green, blue] = [0.5, 0.5, 0.5];
      for (let i = 0, from = y * stride + 3 * first; i < weights.length; i++, from += 3) {
        red += weights[i] * rows[from];
        green += weights[i] * rows[from + 1];
        blue += weights[i] * rows[from + 2];
      }
      const to = 3 * (y * side + x);
      result[to] = red;
      result[to + 1] = green;
      result[to + 2] = blue;
    });
  }
  return result;
}

/** The source pixels that a pixel covers along one axis, and the share of each. */
interface Span {
  readonly first: number;
  readonly weights: readonly number[];
}

function spansOf(size: number, side: number): Span[] {
  const width = size / side;
  return Array.from({ length: side }, (_, at) => {
    const [from, to] = [at * width, (at + 1) * width];
    const first = Math.floor(from);
    // Not one more where the end falls on a whole number but for its last bit.
    const last = Math.max(first, Math.ceil(to - 1e-9) - 1);
    const weights = Array.from({ length: last - first + 1 }, (_, i) => {
      const covered = Math.min(to, first + i + 1) - Math.max(from, first + i);
      return covered / width;
    });
    return { first, weights };
  });
}
