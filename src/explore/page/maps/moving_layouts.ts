import { between, movedShare, moveMs } from "./movement.ts";

/** A layout on its way to another. */
interface Way {
  readonly from: Float32Array;
  readonly to: Float32Array;
  readonly began: number;
}

/** Where points are on each map while they move to their places. */
export class MovingLayouts {
  readonly #ways = new Map<string, Way>();
  readonly #now: () => number;

  /** `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Lets the points of a map move to other places from where they are now, unless that is where they
   * go already. The first places are taken at once, and all if `isStill`.
   */
  moveTo(slot: string, to: Float32Array, isStill: boolean): void {
    const way = this.#ways.get(slot);
    if (way?.to === to) return;
    const from = isStill || way === undefined || way.to.length !== to.length ? to : this.at(slot)!;
    this.#ways.set(slot, { from, to, began: this.#now() });
  }

  /** Where the points of a map are now; null of one that was never shown. */
  at(slot: string): Float32Array | null {
    const way = this.#ways.get(slot);
    if (way === undefined) return null;
    if (way.from === way.to) return way.to;
    return between(way.from, way.to, movedShare(this.#now() - way.began));
  }

  /** Whether any points move. */
  get isMoving(): boolean {
    const now = this.#now();
    return [...this.#ways.values()].some(({ from, to, began }) =>
      from !== to && now - began < moveMs
    );
  }
}
