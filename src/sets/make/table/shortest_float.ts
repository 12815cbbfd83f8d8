/**
 * A number of 32 bits as people write it: the shortest decimal that is stored as this number, 0.4
 * instead of 0.4000000059604645. Anything else stays.
 */
export function shortestFloat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortestFloat);
  if (typeof value !== "number" || !Number.isFinite(value)) return value;
  // Nine digits distinguish all numbers of 32 bits.
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
