import type { ServiceSettings } from "./service_options.ts";

/** An image that waits for its embedding. */
interface Waiting {
  readonly pixels: Uint8Array;
  readonly resolve: (embedding: Float32Array) => void;
  readonly reject: (reason: unknown) => void;
}

/** Embeds images [size, size, 3] to as many embeddings [D]. */
export type EmbedBatch = (pixels: readonly Uint8Array[]) => Promise<readonly Float32Array[]>;

/**
 * Collects images of several requests to one forward pass. A batch begins when it is full or its
 * first image has waited `collectMs`, but not before the one ahead of it has ended.
 */
export class Batcher {
  readonly #embed: EmbedBatch;
  readonly #settings: Pick<ServiceSettings, "batch" | "collectMs" | "clock">;
  readonly #waiting = new Set<Waiting>();
  #isBusy = false;
  #stopTimer: (() => void) | null = null;

  constructor(embed: EmbedBatch, settings: Pick<ServiceSettings, "batch" | "collectMs" | "clock">) {
    this.#embed = embed;
    this.#settings = settings;
  }

  /** How many images wait for a batch to begin. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The embedding [D] of an image. Where `signal` is aborted before its batch begins, it rejects. */
  async add(pixels: Uint8Array, signal: AbortSignal): Promise<Float32Array> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Float32Array>();
    const entry: Waiting = { pixels, resolve, reject };
    const drop = () => {
      if (this.#waiting.delete(entry)) reject(signal.reason);
    };
    signal.addEventListener("abort", drop);
    this.#waiting.add(entry);
    this.#wake();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", drop);
    }
  }

  /** Begins a batch that is full, and sees to it that others begin in time. */
  #wake(): void {
    if (this.#isBusy) return;
    const { batch, collectMs, clock } = this.#settings;
    if (this.#waiting.size >= batch) this.#begin();
    else this.#stopTimer ??= clock.after(collectMs, () => this.#begin());
  }

  #begin(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    const some = [...this.#waiting].slice(0, this.#settings.batch);
    if (some.length === 0) return;
    for (const entry of some) this.#waiting.delete(entry);
    this.#isBusy = true;
    this.#run(some).finally(() => {
      this.#isBusy = false;
      // Those that came meanwhile have waited enough.
      this.#begin();
    });
  }

  async #run(some: readonly Waiting[]): Promise<void> {
    try {
      const embeddings = await this.#embed(some.map(({ pixels }) => pixels));
      some.forEach(({ resolve }, i) => resolve(embeddings[i]));
    } catch (error) {
      for (const { reject } of some) reject(error);
    }
  }
}
