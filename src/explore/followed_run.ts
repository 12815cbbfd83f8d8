import { join } from "../files/paths.ts";
import { parseMasks } from "../training/mask_log.ts";
import type { EpochMetrics } from "../training/metrics.ts";
import { parseMetrics } from "../training/run_log.ts";
import { FollowedLines } from "./followed_lines.ts";
import type { EpochMaskTable, EpochRow } from "./protocol.ts";

/** What a run has written so far; each line is read and parsed once. */
export class FollowedRun {
  readonly #metrics: FollowedParsed<EpochMetrics>;
  readonly #masks: FollowedParsed<EpochMaskTable>;

  /** Follows the run in `folder`; nothing is read yet. */
  constructor(folder: string) {
    this.#metrics = new FollowedParsed(join(folder, "metrics.jsonl"), parseMetrics);
    this.#masks = new FollowedParsed(join(folder, "masks.jsonl"), parseMasks);
  }

  /** Its epochs. Throws a CsnError that names a line that cannot be read. */
  async epochs(): Promise<Written<EpochRow>> {
    const { items, generation } = await this.#metrics.look();
    return { items: items.map(rowOf), generation };
  }

  /** Names of its notions, as its epochs have them. */
  async notions(): Promise<string[]> {
    const { items } = await this.#metrics.look();
    return items.at(0)?.validation.notions.map(({ name }) => name) ?? [];
  }

  /**
   * Its masks by epoch: of each, where a csn made the run that kept them, else of every tenth, which
   * stand among the metrics. Throws as `epochs`.
   */
  async masks(): Promise<Written<EpochMaskTable> & { readonly areAll: boolean }> {
    const kept = await this.#masks.look();
    const first = kept.items.at(0)?.epoch ?? Infinity;
    const metrics = await this.#metrics.look();
    const before = metrics.items.flatMap(({ epoch, masks }) =>
      masks === undefined || epoch >= first ? [] : [{ epoch, masks }]
    );
    return {
      items: [...before, ...kept.items],
      generation: `${metrics.generation}.${kept.generation}`,
      areAll: first <= 1,
    };
  }
}

/** What was written, in order. */
export interface Written<Item> {
  readonly items: readonly Item[];
  /** Another one when what was there before is no longer the same. */
  readonly generation: string;
}

/** Lines of JSON, each parsed once. */
class FollowedParsed<Item> {
  readonly #lines: FollowedLines;
  readonly #parse: (line: string, place: string) => Item;
  readonly #items: Item[] = [];
  /** Pages outlive a server that is started again. */
  readonly #start = crypto.randomUUID().slice(0, 8);
  #generation = 0;
  #looking: Promise<Written<Item>> | null = null;

  constructor(path: string, parse: (line: string, place: string) => Item) {
    this.#lines = new FollowedLines(path);
    this.#parse = parse;
  }

  /** One look at a time: several pages may ask. */
  look(): Promise<Written<Item>> {
    this.#looking ??= this.#look().finally(() => this.#looking = null);
    return this.#looking;
  }

  async #look(): Promise<Written<Item>> {
    await this.#lines.look();
    const { lines, generation, path } = this.#lines;
    if (generation !== this.#generation) this.#items.length = 0;
    this.#generation = generation;
    for (let i = this.#items.length; i < lines.length; i++) {
      this.#items.push(this.#parse(lines[i], `${path}:${i + 1}`));
    }
    return { items: this.#items, generation: `${this.#start}-${generation}` };
  }
}

function rowOf({ epoch, learningRate, train, validation, best }: EpochMetrics): EpochRow {
  return {
    epoch,
    learningRate,
    trainLoss: finite(train.loss),
    trainAccuracy: finite(train.accuracy),
    embeddingNorm: finite(train.embeddingNorm),
    maskNorm: finite(train.maskNorm),
    validationLoss: finite(validation.loss),
    validationAccuracy: finite(validation.accuracy),
    notions: validation.notions.map(({ accuracy }) => finite(accuracy)),
    isBest: best,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
