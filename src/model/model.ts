/** A trained network in use: embed images once, compare them by notion. */
import { identityOf } from "../files/file_identities.ts";
import type { Normalisation } from "../network/normalisation.ts";
import { Network } from "../network/network.ts";
import { onCpu, type Placement } from "../network/placement.ts";
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
import { type EmbedOptions, embedSources } from "./embed_sources.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import type { ImageSource } from "./image_source.ts";
import {
  type ModelFile,
  type ModelInfo,
  networkShape,
  networkTensors,
  readModelFile,
} from "./model_file.ts";

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
    return await embedSources(this, images, options);
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
}
