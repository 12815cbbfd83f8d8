import { shown, UsageError } from "../base/errors.ts";
import { takeText } from "./quoted_text.ts";

/**
 * Reads weights by notion: names with `=` and a number, commas between them, such as
 * `heel=0.7,colour=0.3`. A name without a number has the weight 1. A name that holds a comma, an
 * equals sign or a double quote, or begins or ends with a blank, is written in double quotes, as
 * JSON has texts: `"heel, in cm"=0.7`. Throws a UsageError for anything else, and for a notion that
 * is named twice. `option` is what the text was given as, for messages.
 */
export function parseWeights(text: string, option = "mix"): Record<string, number> {
  const wrong = (what: string) =>
    new UsageError(
      `Cannot read \`${option}\` ${
        shown(text)
      }: ${what}; write notions with weights, such as heel=0.7,colour=0.3, and in double quotes a name that holds a comma or an equals sign`,
    );
  const weights = new Map<string, number>();
  for (let at = 0; at <= text.length; at++) {
    const name = takeText(text, at, /[,="]/);
    if (name === null || name.text === "") throw wrong("a notion is missing");
    at = name.end;
    let weight = 1;
    if (text[at] === "=") {
      const number = takeText(text, at + 1, /[,="]/);
      weight = number === null || number.text === "" ? NaN : Number(number.text);
      if (number === null || !Number.isFinite(weight) || weight < 0) {
        throw wrong(`the weight of ${shown(name.text)} is no finite number of 0 or more`);
      }
      at = number.end;
    }
    if (at < text.length && text[at] !== ",") {
      throw wrong(`${shown(text[at])} follows ${shown(name.text)}`);
    }
    if (weights.has(name.text)) throw wrong(`${shown(name.text)} is named twice`);
    weights.set(name.text, weight);
  }
  return Object.fromEntries(weights);
}
