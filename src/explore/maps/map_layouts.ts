import { messageOf } from "../../base/errors.ts";
import type { LayoutCache } from "../../report/maps/layout_cache.ts";
import { defaultLayout, type LayoutSettings } from "../../report/maps/layout_settings.ts";
import { sampleRows } from "../../report/maps/subspace_maps.ts";
import { MaskedVectors } from "../../statistics/masked_vectors.ts";
import { Places } from "../../service/places.ts";
import { aligned, normalised } from "./align.ts";
import { layOutApart } from "./lay_out_apart.ts";
import { gather, placeNear } from "./place_near.ts";
import { type ShownRows, shownRows } from "./shown_rows.ts";

/** Points that UMAP lays out; the others are placed by them. It takes some 10 seconds. */
export const sampledPoints = 3000;

/** How layouts are made. */
export interface MapLayoutOptions {
  /** Where they are kept. */
  readonly cache: LayoutCache;
  /** Decides which points are shown, and where layouts begin. @default {0} */
  readonly seed?: number;
  /** Points that are shown at most. @default {60000} */
  readonly most?: number;
  /** Points that UMAP lays out at most. @default {3000} */
  readonly sampled?: number;
  /** Layouts that are computed at a time. @default {2} */
  readonly threads?: number;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Called with why a layout could not be kept. */
  readonly onUnkept?: (text: string) => void;
}

/** How far a layout is. */
export interface LayoutState {
  /**
   * "waiting" for its first places, "plane": the plane of greatest variance, "map": laid out by
   * UMAP, "nothing": the mask leaves no dimension, "failed".
   */
  readonly stage: "waiting" | "plane" | "map" | "nothing" | "failed";
  /** How far the work for "map" is, from 0 to 1. */
  readonly share: number;
  /** Why it failed; else null. */
  readonly fault: string | null;
}

/** A layout while it is being made. */
interface Making {
  state: LayoutState;
  /** [n, 2]; null while it waits. */
  layout: Float32Array<ArrayBuffer> | null;
}

/**
 * Where each image lies on the map of each notion, and on that of the unmasked embedding, "": first
 * in the plane of its greatest variance, then as UMAP lays it out, or a sample of it, by which the
 * others are placed. All are turned as that of the unmasked plane lies, so that the eye can follow.
 */
export class MapLayouts {
  /** The images that are shown, and how many could be. */
  readonly shown: ShownRows;
  readonly #vectors: Float32Array;
  readonly #masks: ReadonlyMap<string, Float32Array>;
  readonly #dimension: number;
  readonly #options: MapLayoutOptions;
  readonly #settings: LayoutSettings;
  readonly #made = new Map<string, Making>();
  #begun: Promise<void> | null = null;

  /** Of `vectors` [N, dimension] under each of `masks`. */
  constructor(
    { vectors, dimension }: { readonly vectors: Float32Array; readonly dimension: number },
    masks: ReadonlyMap<string, Float32Array>,
    options: MapLayoutOptions,
  ) {
    const { seed = 0, most, sampled = sampledPoints } = options;
    this.shown = shownRows(vectors, dimension, { seed, most });
    this.#vectors = gather(vectors, dimension, this.shown.rows);
    this.#dimension = dimension;
    const unmasked = new Float32Array(dimension).fill(1);
    this.#masks = new Map([["", unmasked], ...masks]);
    this.#options = options;
    const isSampled = this.shown.rows.length > sampled;
    this.#settings = { ...defaultLayout, seed, ...isSampled ? { sample: sampled } : {} };
    for (const notion of this.#masks.keys()) {
      this.#made.set(notion, { state: stateOf("waiting"), layout: null });
    }
  }

  /** "" and the notions. */
  get names(): readonly string[] {
    return [...this.#masks.keys()];
  }

  /** How far the layout of a notion is. */
  state(notion: string): LayoutState {
    return this.#made.get(notion)!.state;
  }

  /** The best layout [n, 2] of a notion that there is; null while there is none. */
  layout(notion: string): Float32Array<ArrayBuffer> | null {
    return this.#made.get(notion)!.layout;
  }

  /** Begins the work unless that was done; resolves when all is made. Never rejects. */
  begin(): Promise<void> {
    return this.#begun ??= this.#makeAll();
  }

  async #makeAll(): Promise<void> {
    const places = new Places(this.#options.threads ?? 2);
    let reference: Float32Array | null = null;
    // First those that are kept, then the planes of the others: there is something to see at once.
    for (const notion of this.#masks.keys()) {
      await this.#try(notion, async () => {
        const points = this.#points(notion);
        if (points.width === 0 || points.rows.length === 0) {
          this.#set(notion, stateOf("nothing"), normalised(new Float32Array(2 * this.#count)));
          return;
        }
        const task = { ...points, points: points.rows, dimension: points.width };
        const kept = await this.#options.cache.get(this.#task(notion));
        const plane = kept !== null && reference !== null
          ? null
          : await layOutApart({ ...task, by: "plane", settings: this.#settings }, this.#options);
        reference ??= normalised(plane!);
        if (kept !== null) this.#set(notion, stateOf("map", 1), aligned(kept, reference));
        else this.#set(notion, stateOf("plane"), aligned(plane!, reference));
      });
    }
    await Promise.all(
      this.names.filter((notion) => this.state(notion).stage === "plane").map((notion) =>
        places.run(() => this.#try(notion, () => this.#makeMap(notion, reference!)))
      ),
    );
  }

  async #makeMap(notion: string, reference: Float32Array): Promise<void> {
    const layout = await this.#layOut(notion);
    try {
      await this.#options.cache.put(this.#task(notion), layout);
    } catch (error) {
      this.#options.onUnkept?.(`The map is not kept for the next time: ${messageOf(error)}`);
    }
    this.#set(notion, stateOf("map", 1), aligned(layout, reference));
  }

  async #layOut(notion: string): Promise<Float32Array> {
    const { rows, width } = this.#points(notion);
    const { seed, sample: sampled } = this.#settings;
    const { signal } = this.#options;
    const layer = this.#made.get(notion)!;
    const report = (share: number) => layer.state = stateOf("plane", share);
    const task = { by: "umap", dimension: width, settings: this.#settings } as const;
    if (sampled === undefined) {
      return await layOutApart({ ...task, points: rows }, { signal, onShare: report });
    }
    const sample = sampleRows(this.#count, sampled, seed, 1);
    const layout = await layOutApart({ ...task, points: gather(rows, width, sample) }, {
      signal,
      // Placing the others takes a fifth of the time.
      onShare: (share) => report(0.8 * share),
    });
    const others = this.#count - sampled;
    const onPlaced = (done: number) => report(0.8 + 0.2 * done / others);
    return await placeNear(rows, width, { sample, layout }, { seed, onPlaced, signal });
  }

  #task(notion: string) {
    const { rows, width } = this.#points(notion);
    return { points: rows, dimension: width, settings: this.#settings };
  }

  #points(notion: string): MaskedVectors {
    return new MaskedVectors(this.#vectors, this.#masks.get(notion)!);
  }

  get #count(): number {
    return this.#vectors.length / this.#dimension;
  }

  #set(notion: string, state: LayoutState, layout: Float32Array<ArrayBuffer>): void {
    this.#made.set(notion, { state, layout });
  }

  /** What goes wrong is said of this layout; the others are made all the same. */
  async #try(notion: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { layout } = this.#made.get(notion)!;
      const state = { stage: "failed", share: 0, fault: messageOf(error) } as const;
      this.#made.set(notion, { state, layout });
    }
  }
}

function stateOf(stage: LayoutState["stage"], share = 0): LayoutState {
  return { stage, share, fault: null };
}
