/** The beta distribution, from which the quantiles of intervals come. */

/**
 * The share of a beta distribution of parameters `a` and `b`, both above 0, below `x`: the
 * regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22) on the
 * side where that converges.
 */
export function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  return x < (a + 1) / (a + b + 2)
    ? front * fraction(x, a, b) / a
    : 1 - front * fraction(1 - x, b, a) / b;
}

/** Below which so much of a beta distribution lies; by halving, to the last bits. */
export function betaQuantile(share: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let halving = 0; halving < 1100 && low < high; halving++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (betaShare(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return high;
}

const mostTerms = 10_000;
const tiny = 1e-300;

/** 1 / (1 + d1 / (1 + d2 / (1 + ...))) by the method of Lentz. */
function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / notZero(1 - (a + b) * x / (a + 1));
  let product = d;
  for (let m = 1; m < mostTerms; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    product *= c * d;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    product *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return product;
}

function notZero(value: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Where Stirling's series is right to the last bits. */
const largeEnough = 15;

/** ln Gamma(x), x above 0: Stirling's series (DLMF 5.11.1) after Gamma(x + 1) = x Gamma(x). */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < largeEnough; at++) shift += Math.log(at);
  const squared = 1 / (at * at);
  const series = (1 / 12 - squared * (1 / 360 - squared * (1 / 1260 - squared / 1680))) / at;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift;
}
