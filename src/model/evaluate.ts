import type { Split } from "../sets/image_set.ts";
import type { Triplets } from "../sets/triplets.ts";
import type { Listener } from "../base/listener.ts";
import { fromFirst } from "../distributed/all_or_none.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { gatherImages } from "../network/backbone.ts";
import type { Normalisation } from "../network/normalisation.ts";
import { embedTogether } from "./shared_evaluation.ts";
import { applyMasks, type Network } from "../network/network.ts";
import { concatenate, indexSelect, longs, pairwiseDistance, stack } from "../tensor/operators.ts";
import { noGrad, scope } from "../tensor/scope.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How well a network orders triplets. */
export interface Evaluation {
  /** Which lists were scored. */
  readonly split: Split;
  /** How many triplets they hold. */
  readonly triplets: number;
  /** Share of triplets whose near image is nearer than the far one; a tie counts as wrong. */
  readonly accuracy: number;
  /** Mean of max(0, D(near) - D(far) + margin). */
  readonly loss: number;
  /** Distinct images that were embedded. */
  readonly images: number;
  /** Time for embedding and scoring. */
  readonly seconds: number;
  /** The same for each notion. */
  readonly notions: readonly NotionEvaluation[];
}

/** The same for one notion. */
export interface NotionEvaluation {
  /** The notion. */
  readonly name: string;
  /** Its triplets. */
  readonly triplets: number;
  /** Share of them in the right order. */
  readonly accuracy: number;
  /** Mean triplet loss. */
  readonly loss: number;
}

/** Images embedded at a time: enough to keep two cores busy, 40 MB at 112 pixels. */
const embedBatch = 256;

/** Triplets scored at a time: 3 x 8 MB of masked embeddings of 64 dimensions. */
const scoreChunk = 32_768;

/**
 * Embeds images number `indices` of `pack` (uint8 [N, H, W, 3]) in eval mode to [n, D], unmasked.
 * Throws the signal's reason when it is aborted.
 */
export async function embedImages(
  network: Network,
  pack: Tensor,
  indices: Uint32Array,
  normalisation: Normalisation,
  options: { readonly listener?: Listener; readonly signal?: AbortSignal } = {},
): Promise<Tensor> {
  using parts = new DisposableStack();
  const embedded: Tensor[] = [];
  const report = (done: number) =>
    options.listener?.progress?.({
      what: "Embedding images",
      done,
      total: indices.length,
      unit: "images",
    });
  for (let at = 0; at < indices.length; at += embedBatch) {
    options.signal?.throwIfAborted();
    const some = indices.subarray(at, at + embedBatch);
    using images = await gatherImages(pack, some, { normalisation, device: network.device });
    embedded.push(parts.use(await network.embed(images, { train: false, grad: false })));
    report(at + some.length);
  }
  return noGrad(() => concatenate(embedded));
}

/** How triplets are scored. */
export interface EvaluateOptions {
  /** Which lists they are of. */
  readonly split: Split;
  /** How pixels are scaled. */
  readonly normalisation: Normalisation;
  /** Margin of the triplet loss. */
  readonly margin: number;
  /** Receives progress of embedding. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
  /**
   * Processes that evaluate together, each with a part of the images; what rank 0 finds is what all
   * find. Where another one's signal is aborted, the promise rejects with `StoppedElsewhere`.
   */
  readonly group?: ProcessGroup;
}

/** Embeds each distinct image of `triplets` once and scores them all. */
export async function evaluate(
  network: Network,
  pack: Tensor,
  triplets: Triplets,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { group } = options;
  if (group === undefined) return (await scoreEach(network, pack, triplets, options)).evaluation;
  const started = performance.now();
  const { embeddings, ...embedded } = await embedDistinct(network, pack, triplets.images, options);
  using all = embeddings;
  let found: Evaluation | undefined;
  const text = await fromFirst(group, async () => {
    const scored = await scoreEmbedded(
      network,
      triplets,
      { ...embedded, embeddings: all },
      options,
    );
    found = { ...scored.evaluation, seconds: (performance.now() - started) / 1000 };
    return JSON.stringify(found);
  });
  // A notion without triplets has no accuracy: JSON has null for NaN, which stands for nothing else here.
  return found ?? JSON.parse(text, (_, each) => each === null ? NaN : each);
}

/** As `evaluate`; `right` [n] has a 1 for each triplet in the right order, and 0 for the others. */
export async function scoreEach(
  network: Network,
  pack: Tensor,
  triplets: Triplets,
  options: EvaluateOptions,
): Promise<{ evaluation: Evaluation; right: Uint8Array }> {
  const started = performance.now();
  const { embeddings, ...embedded } = await embedDistinct(network, pack, triplets.images, options);
  using all = embeddings;
  const scored = await scoreEmbedded(network, triplets, { ...embedded, embeddings: all }, options);
  const seconds = (performance.now() - started) / 1000;
  const { notions, ...totals } = scored.evaluation;
  return { ...scored, evaluation: { ...totals, seconds, notions } };
}

/** Scores triplets whose images are embedded. */
async function scoreEmbedded(
  network: Network,
  triplets: Triplets,
  { embeddings, positions, count }: Embedded,
  options: EvaluateOptions,
): Promise<{ evaluation: Omit<Evaluation, "seconds">; right: Uint8Array }> {
  const { far, near } = await tripletDistances(network, embeddings, positions, triplets.notion);
  const tally = new Tally(triplets.notions.length, options.margin);
  triplets.notion.forEach((notion, i) => tally.add(notion, far[i], near[i]));
  const evaluation = {
    split: options.split,
    ...tally.total(),
    images: count,
    notions: triplets.notions.map((name, row) => ({ name, ...tally.notion(row) })),
  };
  return { evaluation, right: Uint8Array.from(far, (distance, i) => distance > near[i] ? 1 : 0) };
}

/** The distinct images of some triplets. */
interface Embedded {
  /** [count, D], unmasked. */
  readonly embeddings: Tensor;
  /** The row of each entry of the triplets. */
  readonly positions: Uint32Array;
  readonly count: number;
}

/**
 * Embeds each distinct image of triplets once; `positions` are the rows of `embeddings` for each
 * entry.
 */
export async function embedDistinct(
  network: Network,
  pack: Tensor,
  triplets: Uint32Array,
  options: {
    readonly normalisation: Normalisation;
    readonly listener?: Listener;
    readonly signal?: AbortSignal;
    readonly group?: ProcessGroup;
  },
): Promise<Embedded> {
  const { images, positions } = distinct(triplets);
  const { normalisation, group, signal } = options;
  const embed = (some: Uint32Array) => embedImages(network, pack, some, normalisation, options);
  const embeddings = group === undefined
    ? await embed(images)
    : await embedTogether(group, network, images, embed, signal);
  return { embeddings, positions, count: images.length };
}

/** Distances of the anchors to the far and near images, masked by each triplet's notion. */
export async function tripletDistances(
  network: Network,
  embeddings: Tensor,
  positions: Uint32Array,
  notion: Uint8Array,
): Promise<{ far: Float32Array; near: Float32Array }> {
  const far = new Float32Array(notion.length);
  const near = new Float32Array(notion.length);
  for (let at = 0; at < notion.length; at += scoreChunk) {
    const end = Math.min(at + scoreChunk, notion.length);
    using distances = scoreSome(
      network,
      embeddings,
      positions.subarray(3 * at, 3 * end),
      notion.subarray(at, end),
    );
    const both = await distances.dataAsync() as Float32Array;
    far.set(both.subarray(0, end - at), at);
    near.set(both.subarray(end - at), at);
  }
  return { far, near };
}

/** [2, n]: far and near distances of triplets given by rows of `embeddings`. */
function scoreSome(
  network: Network,
  embeddings: Tensor,
  positions: Uint32Array,
  notion: Uint8Array,
): Tensor {
  return noGrad(() =>
    scope(() => {
      const masks = network.masks(longs(notion, network.device));
      const role = (offset: number) => {
        const rows = Uint32Array.from(
          { length: notion.length },
          (_, i) => positions[3 * i + offset],
        );
        return applyMasks(indexSelect(embeddings, longs(rows, network.device)), masks);
      };
      const anchor = role(0);
      return stack([pairwiseDistance(anchor, role(1)), pairwiseDistance(anchor, role(2))]);
    })
  );
}

/** The distinct numbers in `images`, ascending, and for each entry its position among them. */
function distinct(images: Uint32Array): { images: Uint32Array; positions: Uint32Array } {
  // By counting, because there are far more entries than images.
  const most = images.reduce((largest, image) => Math.max(largest, image), 0);
  const positionOf = new Uint32Array(most + 1);
  for (const image of images) positionOf[image] = 1;
  let count = 0;
  const found = new Uint32Array(images.length);
  positionOf.forEach((isUsed, image) => {
    if (isUsed === 0) return;
    positionOf[image] = count;
    found[count++] = image;
  });
  return { images: found.slice(0, count), positions: images.map((image) => positionOf[image]) };
}

interface Counts {
  triplets: number;
  correct: number;
  loss: number;
}

/** Counts triplets, right ones and losses per notion. */
class Tally {
  readonly #notions: Counts[];
  readonly #margin: number;

  constructor(notions: number, margin: number) {
    this.#notions = Array.from({ length: notions }, () => ({ triplets: 0, correct: 0, loss: 0 }));
    this.#margin = margin;
  }

  add(notion: number, far: number, near: number): void {
    const counts = this.#notions[notion];
    counts.triplets += 1;
    counts.correct += far > near ? 1 : 0;
    counts.loss += Math.max(0, near - far + this.#margin);
  }

  notion(row: number): Omit<NotionEvaluation, "name"> {
    return summary(this.#notions[row]);
  }

  total(): Omit<NotionEvaluation, "name"> {
    const sum = (pick: (counts: Counts) => number) =>
      this.#notions.reduce((all, counts) => all + pick(counts), 0);
    return summary({
      triplets: sum((counts) => counts.triplets),
      correct: sum((counts) => counts.correct),
      loss: sum((counts) => counts.loss),
    });
  }
}

function summary({ triplets, correct, loss }: Counts): Omit<NotionEvaluation, "name"> {
  return { triplets, accuracy: correct / triplets, loss: loss / triplets };
}
