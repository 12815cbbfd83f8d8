import { seenText } from "../model/seen_counts.ts";
import type { ModelAnalysis } from "./model_analysis.ts";

/** Whether these images are new to the model. */
export function seenSentence(
  { seenImages, split }: Pick<ModelAnalysis, "seenImages" | "split">,
): string {
  if (seenImages === null) {
    return "Whether the model was trained on these images is not known: its file does not say.";
  }
  if (seenImages.training + seenImages.validation > 0) {
    return `Mind that ${seenText(seenImages, split)}.`;
  }
  return "The model was trained on none of these images.";
}
