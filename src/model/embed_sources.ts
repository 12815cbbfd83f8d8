/** Image files, bytes and pixels become embeddings, by one process or by several together. */
import { CsnError, messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { version } from "../base/version.ts";
import { heardListener } from "../distributed/heard_listener.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { assertSameEverywhere, deviceFacts } from "../distributed/same_everywhere.ts";
import { decodeImage, loadSharp } from "../images/decode_image.ts";
import type { Network } from "../network/network.ts";
import { reshape, toDevice } from "../tensor/operators.ts";
import { scope } from "../tensor/scope.ts";
import { Tensor } from "../tensor/tensor.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import { embedImages } from "./evaluate.ts";
import type { ImageSource, NamedSource } from "./image_source.ts";
import type { ModelInfo } from "./model_file.ts";
import { fingerprintInMemory } from "./model_fingerprint.ts";
import {
  embedParts,
  imageFacts,
  type OnUnreadable,
  type SomeEmbedded,
} from "./shared_embedding.ts";

/** How images are embedded. */
export interface EmbedOptions {
  /** Receives progress. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** If given, it is called with each image that cannot be decoded, which is then left out. */
  readonly onUnreadable?: (name: string, reason: string) => void;
  /**
   * Processes that embed together, each of which calls this with the same model and images: each
   * decodes and embeds its part, and all get all embeddings. `onUnreadable` is called on every rank
   * with the images of all; rank 0 alone shows progress. Where another one's signal is aborted, the
   * promise rejects with a CsnError.
   */
  readonly group?: ProcessGroup;
}

/** What embeds: a model. */
interface Embedder {
  readonly info: ModelInfo;
  readonly network: Network;
}

/** Images embedded at a time: 10 MB of pixels at 112 by 112. */
const embedBatch = 256;

/** Images decoded at a time: a photo of 12 million pixels takes 36 MB until it is small. */
const decodedAtOnce = 8;

/** As `Model.embed`. */
export async function embedSources(
  model: Embedder,
  images: readonly ImageSource[],
  { signal, onUnreadable, group, ...options }: EmbedOptions,
): Promise<EmbeddingSet> {
  const { dimension } = model.info;
  const listener = heardListener(group, options.listener);
  const sources = images.map((source, i) => ({
    name: typeof source === "string" ? source : `image ${i}`,
    source,
  }));
  if (group !== undefined) {
    await assertSameEverywhere(group, {
      "the version of csn": version,
      ...deviceFacts(model.network.device),
      "the model": fingerprintInMemory(model),
      ...imageFacts(sources),
    }, "Cannot embed together");
  }
  // In rounds, so that a process that is stopped or fails is soon noticed by all, and none waits
  // long for one whose images take longer.
  const atOnce = embedBatch * (group?.place.world ?? 1);
  const names: string[] = [];
  const vectors = new Float32Array(images.length * dimension);
  for (let at = 0; at < images.length; at += atOnce) {
    const some = sources.slice(at, at + atOnce);
    const refuseOrLeaveOut: OnUnreadable = (position, error) => {
      if (onUnreadable === undefined) throw error;
      onUnreadable(some[position].name, messageOf(error));
    };
    const embed = (part: readonly NamedSource[], found: OnUnreadable) =>
      embedSome(model, part, found, signal);
    const { rows, unreadable } = group === undefined
      ? await embed(some, refuseOrLeaveOut)
      : await embedParts(group, some, { embed, onUnreadable: refuseOrLeaveOut, signal });
    using made = rows;
    vectors.set(await made.dataAsync() as Float32Array, names.length * dimension);
    const leftOut = new Set(unreadable);
    names.push(...some.filter((_, i) => !leftOut.has(i)).map(({ name }) => name));
    listener?.progress?.({
      what: "Embedding images",
      done: at + some.length,
      total: images.length,
      unit: "images",
    });
  }
  return new EmbeddingSet({
    names,
    vectors: vectors.slice(0, names.length * dimension),
    dimension,
  });
}

async function embedSome(
  model: Embedder,
  sources: readonly NamedSource[],
  onUnreadable: OnUnreadable,
  signal: AbortSignal | undefined,
): Promise<SomeEmbedded> {
  signal?.throwIfAborted();
  const unreadable: number[] = [];
  const decoded = await decodeAll(model, sources, (position, error) => {
    onUnreadable(position, error);
    unreadable.push(position);
  });
  return { rows: await embedPixels(model, decoded), unreadable };
}

/** The pixels of all that can be decoded. */
async function decodeAll(
  model: Embedder,
  sources: readonly NamedSource[],
  onUnreadable: OnUnreadable,
): Promise<Uint8Array[]> {
  // A decoder that is missing is no fault of the images.
  if (sources.some(({ source }) => typeof source === "string" || !("pixels" in source))) {
    await loadSharp();
  }
  const decoded: Uint8Array[] = [];
  for (let at = 0; at < sources.length; at += decodedAtOnce) {
    const some = sources.slice(at, at + decodedAtOnce).map((each) => pixelsOf(model, each));
    for (const [i, result] of (await Promise.allSettled(some)).entries()) {
      if (result.status === "fulfilled") decoded.push(result.value);
      else onUnreadable(at + i, result.reason);
    }
  }
  return decoded;
}

async function pixelsOf(
  { info: { imageSize, fit } }: Embedder,
  { name, source }: NamedSource,
): Promise<Uint8Array> {
  if (typeof source === "string" || source instanceof Uint8Array) {
    return await decodeImage(source, imageSize, { fit });
  }
  if (source.pixels.length !== imageSize * imageSize * 3) {
    throw new CsnError(
      `Cannot embed ${name}: it has ${source.pixels.length} bytes; this model takes pixels [${imageSize}, ${imageSize}, 3], ${
        imageSize * imageSize * 3
      } bytes`,
    );
  }
  return source.pixels;
}

async function embedPixels(
  { info, network }: Embedder,
  images: readonly Uint8Array[],
): Promise<Tensor> {
  if (images.length === 0) {
    const none = { shape: [0, info.dimension] };
    return scope(() => toDevice(Tensor.from(new Float32Array(0), none), network.device));
  }
  const { imageSize, normalisation } = info;
  const pixels = new Uint8Array(images.length * imageSize * imageSize * 3);
  images.forEach((image, i) => pixels.set(image, i * imageSize * imageSize * 3));
  using flat = Tensor.from(pixels);
  using pack = reshape(flat, [images.length, imageSize, imageSize, 3]);
  return await embedImages(network, pack, Uint32Array.from(images.keys()), normalisation);
}
