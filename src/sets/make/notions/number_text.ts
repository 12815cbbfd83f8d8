/**
 * Whether a text spells a number that gives the text's value back: plain decimals such as 3, -3,
 * 2.50 and .5, and what programs write of very small and large ones (1e-05, 2.5e+21). A code such
 * as 007, 1e3, 0x10 or +5 is none, nor is a whole number beyond 2^53 whose digits would be lost.
 */
export function isNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*|(?=\.\d))(\.\d+)?$/.test(text) ? keepsDigits(text) : isScientific(text);
}

/** Whether JavaScript reads a text as a finite number, however it is spelt. */
export function readsAsNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

/** Whether a number keeps all digits before the point. */
export function keepsDigits(text: string): boolean {
  const [, whole] = /^[-+]?0*(\d*)/.exec(text)!;
  return whole.length < 16 || BigInt(whole) === BigInt(Math.trunc(Math.abs(Number(text))));
}

/** The one spelling of a number: "2.0", "2.00" and "2" are "2"; any other text stays. */
export function plainSpelling(text: string): string {
  return isNumber(text) ? String(Number(text)) : text;
}

/** As Python, NumPy and JavaScript write floats: a signed exponent, which codes hardly have. */
function isScientific(text: string): boolean {
  return /^-?[1-9](\.\d+)?e[-+]\d+$/.test(text) && Number.isFinite(Number(text));
}
