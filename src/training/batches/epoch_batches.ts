import { type BatchSource, EpochBatches } from "./batches.ts";
import { DenseListBatches } from "./dense_list_batches.ts";
import { DenseValueBatches } from "./dense_value_batches.ts";
import { NotionBatches } from "./notion_batches.ts";
import type { TrainConfig } from "../../model/config.ts";
import type { EpochSums } from "../../model/trainer_state.ts";
import type { PreparedTraining } from "../prepare.ts";

/**
 * The training batches of an epoch, as the run's sampler makes them; of "dense-values" into `cut`
 * batches where an epoch goes on that was cut so.
 */
export async function epochBatches(
  { batchSize, seed, sampler, variant }: TrainConfig,
  { set, train, values }: Pick<PreparedTraining, "set" | "train" | "values">,
  epoch: number,
  cut?: number,
): Promise<BatchSource> {
  const options = { batchSize, seed, epoch, shuffle: true, flip: set.flip };
  switch (sampler) {
    case "triplets":
      return variant === "specialists"
        ? new NotionBatches(train, options)
        : new EpochBatches(train, options);
    case "dense-lists":
      return await DenseListBatches.pack(train, options);
    case "dense-values":
      return new DenseValueBatches(values!.images, values!.attributes, {
        ...options,
        batches: cut,
      });
  }
}

/** Into how many batches an epoch that goes on was cut; undefined for one that begins. */
export function cutOfEpoch(
  { batchSize }: TrainConfig,
  { values }: Pick<PreparedTraining, "values">,
  { batches, skipped, cut }: EpochSums,
): number | undefined {
  if (batches + skipped! === 0) return undefined;
  // Before this number was kept, it was rounded; such an epoch ends as it began.
  return cut ??
    (values === null ? undefined : Math.max(1, Math.round(values.images.length / (3 * batchSize))));
}
