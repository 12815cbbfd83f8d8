import type { ProcessGroup } from "../../distributed/process_group.ts";
import type { TrainConfig } from "../../model/config.ts";
import { partOfBatch } from "../part_of_batch.ts";
import type { PreparedTraining } from "../prepare.ts";
import type { Batch, BatchSource } from "./batches.ts";
import { epochBatches } from "./epoch_batches.ts";

/**
 * The batches of an epoch as one rank computes them. Of the sampler "triplets" all ranks make the
 * same batches, those of one process, and each takes its rows. Dense batches are formed so small
 * that the ranks compute one each at a time: `world` times as many as `cut`, or as one process
 * would form.
 */
export async function sharedBatches(
  config: TrainConfig,
  data: Pick<PreparedTraining, "set" | "train" | "values">,
  epoch: number,
  { group, cut }: { readonly group: ProcessGroup; readonly cut?: number },
): Promise<BatchSource> {
  const { place } = group;
  const { world } = place;
  if (config.sampler === "triplets") {
    const whole = await epochBatches(config, data, epoch);
    return {
      length: whole.length,
      at: async (index) => partOfBatch((await whole.at(index))!, place),
    };
  }
  const { batchSize } = config;
  const small = { ...config, batchSize: batchSize / world };
  if (config.sampler === "dense-lists") {
    return new DenseParts(await epochBatches(small, data, epoch), group);
  }
  const batches = cut ?? (await epochBatches(config, data, epoch)).length;
  return new DenseParts(await epochBatches(config, data, epoch, world * batches), group);
}

/** Dense batches of which the ranks take one each at a time. */
class DenseParts implements BatchSource {
  readonly length: number;
  readonly #small: BatchSource;
  readonly #group: ProcessGroup;

  constructor(small: BatchSource, group: ProcessGroup) {
    this.#small = small;
    this.#group = group;
    this.length = Math.ceil(small.length / group.place.world);
  }

  /**
   * The ranks agree on the triplets in all; null where none of them has any. A rank that has none
   * alone computes one of another's, which counts nothing: every rank's loss comes from the same
   * parameters then.
   */
  async at(index: number): Promise<Batch | null> {
    const { rank, world } = this.#group.place;
    const own = await this.#smallAt(world * index + rank);
    const [triplets] = await this.#group.sum([own?.size ?? 0]);
    if (triplets === 0) return null;
    if (own !== null) return { ...own, index, share: own.size / triplets };
    for (let other = 0; other < world; other++) {
      const batch = await this.#smallAt(world * index + other);
      if (batch !== null) return { ...firstTriplet(batch), index, share: 0 };
    }
    return null;
  }

  async #smallAt(place: number): Promise<Batch | null> {
    return place < this.#small.length ? await this.#small.at(place) : null;
  }
}

/** The first triplet of a dense batch, by itself. */
function firstTriplet({ index, size, images, flips, notion, positions }: Batch): Batch {
  const places = [0, 1, 2].map((role) => positions![role * size]);
  const own = [...new Set(places)];
  return {
    index,
    size: 1,
    images: Uint32Array.from(own, (place) => images[place]),
    flips: Uint8Array.from(own, (place) => flips[place]),
    notion: notion.slice(0, 1),
    positions: Uint32Array.from(places, (place) => own.indexOf(place)),
  };
}
