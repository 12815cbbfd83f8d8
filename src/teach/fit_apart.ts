import { askWorker } from "../base/ask_worker.ts";
import type { Embeddings } from "../search/embeddings.ts";
import {
  differenceRows,
  type FitNotionOptions,
  type FittedNotion,
  fittedNotion,
  type PartedAnswers,
} from "./fit_notion.ts";
import type { ValidatedFit } from "../statistics/validated_fit.ts";
import { squareDifferences } from "./square_differences.ts";

/**
 * As `fitParts`, in a thread of its own: a server goes on answering meanwhile. The result is the
 * same to the bit.
 */
export async function fitPartsApart(
  embeddings: Embeddings,
  answers: PartedAnswers,
  options: FitNotionOptions,
): Promise<FittedNotion> {
  const differences = squareDifferences(embeddings, answers.triplets);
  const worker = new Worker(new URL("./fit_worker.ts", import.meta.url), { type: "module" });
  const fit = await askWorker(worker, differenceRows(answers, differences), {
    take: (message) => message as ValidatedFit,
    failing: "Cannot fit a notion",
  });
  return fittedNotion(embeddings, answers, { differences, fit }, options);
}
