/**
 * Compares the distance of two numbers with a threshold, as people write them: 0.4 and 0.7 are 0.3
 * apart, although their floats are not. Below 0 when they are nearer than `threshold`, 0 when just
 * as far, above 0 when farther; NaN when one is not known.
 */
export function compareDistance(a: number, b: number, threshold: number): number {
  const rest = Math.abs(a - b) - threshold;
  // Rounding errs by at most half a unit in the last place of each number and of the difference.
  const doubt = (Math.abs(a) + Math.abs(b) + Math.abs(threshold)) * 2 * Number.EPSILON;
  if (!(Math.abs(rest) <= doubt) || !Number.isFinite(rest)) return rest;
  const [high, low] = a > b ? [a, b] : [b, a];
  const exact = exactSum([high, 1n], [low, -1n], [threshold, -1n]);
  return exact < 0n ? -1 : exact > 0n ? 1 : 0;
}

/**
 * How far two numbers are apart, as people write them: 0.3 for 0.4 and 0.7. NaN when one is not
 * known.
 */
export function distance(a: number, b: number): number {
  if (Number.isInteger(a) && Number.isInteger(b)) return Math.abs(a - b);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Math.abs(a - b);
  const [first, second] = [decimalOf(a), decimalOf(b)];
  const exponent = Math.min(first.exponent, second.exponent);
  const apart = scaled(first, exponent) - scaled(second, exponent);
  return Number(`${apart < 0n ? -apart : apart}e${exponent}`);
}

/** A number as digits * 10^exponent, by its shortest decimal spelling. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function decimalOf(number: number): Decimal {
  const [mantissa, exponent = "0"] = String(number).split("e");
  const [whole, fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

function scaled({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to);
}

/** The sum of numbers times signs, in units of the smallest place that any of them has. */
function exactSum(...terms: readonly (readonly [number: number, sign: bigint])[]): bigint {
  const decimals = terms.map(([number]) => decimalOf(number));
  const exponent = Math.min(...decimals.map((decimal) => decimal.exponent));
  return decimals.reduce((sum, decimal, at) => sum + terms[at][1] * scaled(decimal, exponent), 0n);
}
