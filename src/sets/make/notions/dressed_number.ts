import { isNumber, readsAsNumber } from "./number_text.ts";

const currency = "[$€£¥₹₩₽]|usd|eur|gbp|chf|jpy|cny|rs\\.?";

/** Without single letters that are also ends of sizes and decades: 34B, 32W, 1990s. */
const unit =
  "%|‰|°|°[cf]|[mcdk]?m[²³23]?|in|inch(?:es)?|ft|yd|mi|[\"'″′]|[mk]?g|lbs?|oz|[mc]?l|ms|sec|min|h|" +
  "hrs?|days?|weeks?|months?|years?|yrs?|px|pt|[kmg]b|[kmg]?hz|kw";

/** Digits, perhaps in groups of three, perhaps with decimals after a point or a comma. */
const digits = "(?:\\d{1,3}(?:[ ,.'’\\u00a0\\u202f]\\d{3})+|\\d+)(?:[.,]\\d+)?";

const dressed = new RegExp(
  `^[-+\\u2212~<>≤≥]?\\s*(?:${currency})?\\s*[-+\\u2212]?${digits}\\s*(?:${currency}|${unit})?$`,
  "iu",
);

/**
 * Whether a text is a number as people write it, which no program reads as one: "12 %",
 * "$1,200.50", "2.5 cm", "1.234,5", "2,5".
 */
export function isDressedNumber(text: string): boolean {
  return dressed.test(text) && !isNumber(text) && !readsAsNumber(text);
}
