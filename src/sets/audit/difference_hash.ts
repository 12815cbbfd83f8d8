/** Cells of a row and rows of the grid whose neighbours are compared. */
const columns = 9;
const rows = 8;

/**
 * The difference hash of a picture, uint8 [size, size, 3], as two words: 8 rows of 8 bits, each
 * telling whether a cell of a 9 x 8 grid of mean brightness is brighter than the one to its right.
 * It hardly changes with size, compression or small retouches.
 */
export function differenceHash(pixels: Uint8Array, size: number): [high: number, low: number] {
  const means = gridMeans(pixels, size);
  const words: [number, number] = [0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      if (means[at] > means[at + 1] + flat) words[row >> 2] |= 1 << ((row & 3) * 8 + column);
    }
  }
  return [words[0] >>> 0, words[1] >>> 0];
}

/**
 * Differences of mean brightness, of 255, up to which cells count as equal: noise of compression.
 */
const flat = 1;

function gridMeans(pixels: Uint8Array, size: number): Float64Array {
  const sums = new Float64Array(columns * rows);
  const counts = new Uint32Array(columns * rows);
  for (let y = 0, at = 0; y < size; y++) {
    const row = Math.floor(y * rows / size);
    for (let x = 0; x < size; x++, at += 3) {
      const cell = row * columns + Math.floor(x * columns / size);
      // Weights of ITU-R BT.601.
      sums[cell] += 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
      counts[cell]++;
    }
  }
  return sums.map((sum, cell) => sum / counts[cell]);
}

/** How many bits of two hashes differ. */
export function hashDistance(
  [high, low]: readonly [number, number],
  [otherHigh, otherLow]: readonly [number, number],
): number {
  return bitsIn(high ^ otherHigh) + bitsIn(low ^ otherLow);
}

/** Bits that are set in a word of 32 (Warren, Hacker's Delight, 2nd edition, section 5-1). */
export function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}
