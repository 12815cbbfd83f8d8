import { shareText } from "../model/taught_notion.ts";
import type { FittedNotion } from "./fit_notion.ts";

/** What a fit's verdict means, in a plain sentence. */
export function verdictText({ verdict, best }: FittedNotion): string {
  switch (verdict) {
    case "not learnable":
      return "not learnable from this embedding, as far as these answers show: the interval does not lie above guessing";
    case "already known":
      return `the notion ${best!.notion} already answers as well: right of ${
        shareText(best!.accuracy)
      } of the same answers`;
    case "not shown better":
      return `learned, but not shown to be better than the notion ${
        best!.notion
      }: more answers would tell`;
    case "learned":
      return best === null
        ? "learned: better than guessing"
        : `learned: better than guessing, and than every notion there is (${best.notion} by ${
          shareText(best.gain)
        })`;
  }
}
