import { shareText, type TaughtNotion } from "../model/taught_notion.ts";
import type { FittedNotion } from "./fit_notion.ts";

/** What a fit's verdict means, in a plain sentence. */
export function verdictText(
  { verdict, best }: FittedNotion,
  from: TaughtNotion["from"] = "triplets",
): string {
  const [these, same] = from === "triplets"
    ? ["answers", "the same answers"]
    : ["values", "the same triplets"];
  switch (verdict) {
    case "not learnable":
      return `not learnable from this embedding, as far as these ${these} show: the interval does not lie above guessing`;
    case "already known":
      return `the notion ${best!.notion} already answers as well: right of ${
        shareText(best!.accuracy)
      } of ${same}`;
    case "not shown better":
      return `learned, but not shown to be better than the notion ${
        best!.notion
      }: more ${these} would tell`;
    case "learned":
      return best === null
        ? "learned: better than guessing"
        : `learned: better than guessing, and than every notion there is (${best.notion} by ${
          shareText(best.gain)
        })`;
  }
}
