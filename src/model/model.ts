/** A trained network in use: embed images once, compare them by notion. */
import { decodeImage, loadSharp } from "../images/decode_image.ts";
import { identityOf } from "../files/file_identities.ts";
import { CsnError, messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import type { Normalisation } from "../network/normalisation.ts";
import { Network } from "../network/network.ts";
import { onCpu, type Placement } from "../network/placement.ts";
import { reshape } from "../tensor/operators.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Searched } from "../search/embedding_rows.ts";
import { maskOf } from "../search/mixture.ts";
import type { ExplainedNeighbour, ScoredNeighbour } from "../search/neighbour.ts";
import {
  type DistanceSearch,
  type Owner,
  type Query,
  type ScoreSearch,
  search,
  type SearchResult,
} from "../search/search.ts";
import { searchAsync } from "../search/search_async.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import { embedImages } from "./evaluate.ts";
import {
  type ModelFile,
  type ModelInfo,
  networkShape,
  networkTensors,
  readModelFile,
} from "./model_file.ts";

/**
 * An image to embed: a file's path, a file's bytes, or pixels [size, size, 3] that were decoded
 * already.
 */
export type ImageSource = string | Uint8Array | { readonly pixels: Uint8Array };

/** Images embedded at a time: 10 MB of pixels at 112 by 112. */
const embedBatch = 256;

/** Images decoded at a time: a photo of 12 million pixels takes 36 MB until it is small. */
const decodedAtOnce = 8;

/** How images are embedded. */
export interface EmbedOptions {
  /** Receives progress. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** If given, it is called with each image that cannot be decoded, which is then left out. */
  readonly onUnreadable?: (name: string, reason: string) => void;
}

/**
 * A trained model. Freed by `using` or `[Symbol.dispose]()`. libtorch must be open.
 *
 * @example Embed three images once, compare them by every notion
 * ```ts
 * import { Model, start } from "@csn/csn";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await model.embed(["photos/0.png", "photos/1.png", "photos/2.png"]);
 * for (const notion of model.notions) {
 *   const distance = model.distance(images.at(0), images.at(1), { notion });
 *   const [nearest] = model.nearest(images.at(2), images, { notion, k: 1 });
 *   console.log(notion, distance, nearest.name);
 * }
 * ```
 */
export class Model implements Disposable {
  /** What the file says: notions, dimension, image size, how it was trained. */
  readonly info: ModelInfo;
  /** The file it came from. */
  readonly path: string;
  /** The network itself. */
  readonly network: Network;
  /** The mask [D] of each notion, through ReLU. */
  readonly masks: ReadonlyMap<string, Float32Array>;
  readonly #identity: string | undefined;

  /** A model from a file that was read, at `placement`. */
  constructor(file: ModelFile, placement: Placement = onCpu) {
    this.info = file.info;
    this.path = file.path;
    this.#identity = file.identity;
    this.network = new Network(networkShape(file), networkTensors(file), placement);
    this.masks = new Map(
      this.network.maskTable().map((mask, row) => [this.notions[row], Float32Array.from(mask)]),
    );
  }

  /** Loads `runs/x/model_best` (or a checkpoint), with or without its ending. */
  static async load(path: string, placement: Placement = onCpu): Promise<Model> {
    return new Model(await readModelFile(path), placement);
  }

  /** Whether its file is still the one that it came from: training may have written a newer one. */
  async isFileUnchanged(): Promise<boolean> {
    const now = await Deno.stat(this.path).catch(() => null);
    return now !== null && (this.#identity ?? identityOf(now)) === identityOf(now);
  }

  /** Names of the notions. */
  get notions(): readonly string[] {
    return this.info.notions;
  }

  /** How pixels become input. */
  get normalisation(): Normalisation {
    return this.info.normalisation;
  }

  /**
   * The mask [D] of a notion, through ReLU. Throws a UsageError that lists the notions there are.
   */
  mask(notion: string): Float32Array {
    return maskOf(this.masks, notion, this.#owner);
  }

  /**
   * Embeds images to unmasked embeddings. Their names are the paths, or "image 0", "image 1", ...
   * Throws a CsnError that names the image that cannot be decoded, unless `onUnreadable` is given.
   */
  async embed(images: readonly ImageSource[], options: EmbedOptions = {}): Promise<EmbeddingSet> {
    const { dimension } = this.info;
    const names: string[] = [];
    const vectors = new Float32Array(images.length * dimension);
    for (let at = 0; at < images.length; at += embedBatch) {
      options.signal?.throwIfAborted();
      const some = images.slice(at, at + embedBatch);
      const decoded = await this.#decode(some, at, options.onUnreadable);
      vectors.set(
        await this.#embedPixels(decoded.map(({ pixels }) => pixels)),
        names.length * dimension,
      );
      names.push(...decoded.map(({ name }) => name));
      options.listener?.progress?.({
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

  /** Distance of two embeddings [D] by a notion: Euclidean between masked embeddings. */
  distance(a: Float32Array, b: Float32Array, { notion }: { readonly notion: string }): number {
    const { dimension } = this.info;
    const other = new EmbeddingSet({ names: ["b"], vectors: b, dimension });
    return other.distances(a, this.mask(notion))[0];
  }

  /**
   * The k entries of `among` nearest to `query` [D], or to several query images, by a notion or a
   * mixture of notions, nearest first; or the best by notions to be like and unlike by, which have
   * a score instead of a distance. Each comes with what each notion adds to it. See `search` for
   * what was done besides.
   *
   * @example By two notions that count for the same, and like one image but for its colour
   * ```ts
   * import { embedFolder, Model, start } from "@csn/csn";
   *
   * await start();
   * using model = await Model.load("runs/mine/model_best");
   * const images = await embedFolder(model, "photos");
   * const mix = { colour: 0.5, shape: 0.5 };
   * for (const { name, distance, shares } of model.nearest(images.at(0), images, { mix, k: 3 })) {
   *   console.log(name, distance, shares);
   * }
   * const [best] = model.nearest(images.at(0), images, {
   *   like: { shape: 1 },
   *   unlike: { colour: 0.5 },
   * });
   * console.log(best.name, best.score);
   * ```
   */
  nearest(query: Query, among: Searched, options: DistanceSearch): ExplainedNeighbour[];
  /** The same by notions to be like and unlike by: the lowest score is the best. */
  nearest(query: Query, among: Searched, options: ScoreSearch): ScoredNeighbour[];
  nearest(
    query: Query,
    among: Searched,
    options: DistanceSearch | ScoreSearch,
  ): (ExplainedNeighbour | ScoredNeighbour)[] {
    return [...this.search(query, among, options).hits];
  }

  /**
   * As `nearest`, with what was done: how each notion counted, what its squared distance was
   * divided by, and how many entries were compared.
   */
  search(
    query: Query,
    among: Searched,
    options: DistanceSearch,
  ): SearchResult<ExplainedNeighbour>;
  /** The same by notions to be like and unlike by. */
  search(query: Query, among: Searched, options: ScoreSearch): SearchResult<ScoredNeighbour>;
  /** The same by what is only known when it is asked. */
  search(query: Query, among: Searched, options: DistanceSearch | ScoreSearch): SearchResult;
  search(
    query: Query,
    among: Searched,
    options: DistanceSearch | ScoreSearch,
  ): SearchResult {
    return search(query, among, this.#asked(options));
  }

  /**
   * As `search`, without blocking the event loop: many entries are compared by libtorch, 50,000 in
   * some milliseconds. The hits are the same.
   *
   * @example The nearest by a notion, while other work goes on
   * ```ts
   * import { embedFolder, Model, start } from "@csn/csn";
   *
   * await start();
   * using model = await Model.load("runs/mine/model_best");
   * const images = await embedFolder(model, "photos");
   * const { hits } = await model.searchAsync(images.at(0), images, { notion: "colour", k: 3 });
   * console.log(hits);
   * ```
   */
  searchAsync(
    query: Query,
    among: Searched,
    options: DistanceSearch,
  ): Promise<SearchResult<ExplainedNeighbour>>;
  /** The same by notions to be like and unlike by. */
  searchAsync(
    query: Query,
    among: Searched,
    options: ScoreSearch,
  ): Promise<SearchResult<ScoredNeighbour>>;
  /** The same by what is only known when it is asked. */
  searchAsync(
    query: Query,
    among: Searched,
    options: DistanceSearch | ScoreSearch,
  ): Promise<SearchResult>;
  async searchAsync(
    query: Query,
    among: Searched,
    options: DistanceSearch | ScoreSearch,
  ): Promise<SearchResult> {
    return await searchAsync(query, among, this.#asked(options));
  }

  /** What is asked, with what of the model it takes. */
  #asked(options: DistanceSearch | ScoreSearch): (DistanceSearch | ScoreSearch) & Owner {
    const { calibration } = this.info;
    return { ...options, masks: this.masks, owner: this.#owner, calibration };
  }

  /** What has the notions, for messages. */
  get #owner(): string {
    return `the model ${this.path}`;
  }

  /** Frees the network. */
  [Symbol.dispose](): void {
    this.network[Symbol.dispose]();
  }

  /** Decodes images, the first of which has number `first`. */
  async #decode(
    images: readonly ImageSource[],
    first: number,
    onUnreadable: EmbedOptions["onUnreadable"],
  ): Promise<{ name: string; pixels: Uint8Array }[]> {
    // A decoder that is missing is no fault of the images.
    if (images.some((image) => typeof image === "string" || !("pixels" in image))) {
      await loadSharp();
    }
    const decoded: ({ name: string; pixels: Uint8Array } | null)[] = [];
    for (let at = 0; at < images.length; at += decodedAtOnce) {
      const group = images.slice(at, at + decodedAtOnce).map(async (image, i) => {
        const name = typeof image === "string" ? image : `image ${first + at + i}`;
        try {
          return { name, pixels: await this.#pixels(image, name) };
        } catch (error) {
          if (onUnreadable === undefined) throw error;
          onUnreadable(name, messageOf(error));
          return null;
        }
      });
      decoded.push(...await Promise.all(group));
    }
    return decoded.filter((each) => each !== null);
  }

  async #embedPixels(images: readonly Uint8Array[]): Promise<Float32Array> {
    if (images.length === 0) return new Float32Array(0);
    const size = this.info.imageSize;
    const pixels = new Uint8Array(images.length * size * size * 3);
    images.forEach((image, i) => pixels.set(image, i * size * size * 3));
    using flat = Tensor.from(pixels);
    using pack = reshape(flat, [images.length, size, size, 3]);
    const all = Uint32Array.from(images.keys());
    using embeddings = await embedImages(this.network, pack, all, this.normalisation);
    return await embeddings.dataAsync() as Float32Array;
  }

  async #pixels(image: ImageSource, name: string): Promise<Uint8Array> {
    const size = this.info.imageSize;
    if (typeof image === "string" || image instanceof Uint8Array) {
      return await decodeImage(image, size, { fit: this.info.fit });
    }
    if (image.pixels.length !== size * size * 3) {
      throw new CsnError(
        `Cannot embed ${name}: it has ${image.pixels.length} bytes; this model takes pixels [${size}, ${size}, 3], ${
          size * size * 3
        } bytes`,
      );
    }
    return image.pixels;
  }
}
