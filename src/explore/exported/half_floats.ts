/** Numbers of 16 bits (IEEE 754 binary16). A table reads them in browsers without Float16Array. */

let table: Float32Array | null = null;

/** The numbers that halves stand for. */
export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = table ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => valueOf(bits));
  const numbers = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) numbers[i] = values[halves[i]];
  return numbers;
}

function valueOf(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = bits >> 10 & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
