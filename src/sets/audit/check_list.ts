import { pairKey } from "../make/drawn_triplets.ts";
import { componentsOf } from "./components.ts";

/** What is odd about the triplets of one list; numbers are places of triplets in it. */
export interface ListChecks {
  /** Triplets of which two images are one. */
  readonly equalMembers: readonly number[];
  /** Triplets that stood before. */
  readonly duplicates: readonly number[];
  /** Triplets (a, b, c) after an (a, c, b). */
  readonly contradictions: readonly number[];
  /** Circles: for one anchor b is nearer than c, c than d, and d than b. */
  readonly cycles: readonly Cycle[];
  /** Images in many more triplets than others. */
  readonly hubs: readonly Hub[];
}

/** Triplets of one anchor that cannot all be true, contradictions apart. */
export interface Cycle {
  readonly anchor: number;
  readonly triplets: readonly number[];
}

/** An image that a list leans on. */
export interface Hub {
  readonly image: number;
  /** Triplets that it is in. */
  readonly triplets: number;
}

/**
 * So many times the mean of the list's images make a hub: a balanced list over values of which one
 * is twenty times rarer than the others reaches it, a random one hardly ever.
 */
export const hubFactor = 20;

/** Checks [3 n] image indices: anchor, far, near of each triplet. */
export function checkList(triplets: Uint32Array, imageCount: number): ListChecks {
  const checks = {
    equalMembers: [] as number[],
    duplicates: [] as number[],
    contradictions: [] as number[],
    cycles: [] as Cycle[],
    hubs: hubsOf(triplets, imageCount),
  };
  const { order, start } = byAnchor(triplets, imageCount);
  for (let anchor = 0; anchor < imageCount; anchor++) {
    const places = order.subarray(start[anchor], start[anchor + 1]);
    if (places.length > 0) checkAnchor(anchor, places, triplets, checks);
  }
  const ascending = (a: number, b: number) => a - b;
  checks.equalMembers.sort(ascending);
  checks.duplicates.sort(ascending);
  checks.contradictions.sort(ascending);
  return checks;
}

/** Checks the triplets of one anchor, in the order of the list. */
function checkAnchor(
  anchor: number,
  places: Uint32Array,
  triplets: Uint32Array,
  checks: {
    equalMembers: number[];
    duplicates: number[];
    contradictions: number[];
    cycles: Cycle[];
  },
): void {
  const seen = new Map<number, number>();
  for (const place of places) {
    const [far, near] = [triplets[3 * place + 1], triplets[3 * place + 2]];
    if (far === near || far === anchor || near === anchor) {
      checks.equalMembers.push(place);
      continue;
    }
    const key = pairKey(far, near);
    if (seen.has(key)) checks.duplicates.push(place);
    else {
      if (seen.has(pairKey(near, far))) checks.contradictions.push(place);
      seen.set(key, place);
    }
  }
  checks.cycles.push(...cyclesOf(anchor, seen, triplets));
}

/**
 * Circles among what an anchor's triplets say: an edge leads from the nearer image to the farther
 * one.
 */
function cyclesOf(
  anchor: number,
  seen: ReadonlyMap<number, number>,
  triplets: Uint32Array,
): Cycle[] {
  const edges: { from: number; to: number; place: number }[] = [];
  // An image with no edge in or none out is on no circle: most anchors are done here.
  const [froms, tos] = [new Set<number>(), new Set<number>()];
  for (const place of seen.values()) {
    const [far, near] = [triplets[3 * place + 1], triplets[3 * place + 2]];
    if (seen.has(pairKey(near, far))) continue;
    edges.push({ from: near, to: far, place });
    froms.add(near);
    tos.add(far);
  }
  if (froms.isDisjointFrom(tos)) return [];
  const component = componentsOf(edges);
  const byComponent = Map.groupBy(
    edges.filter(({ from, to }) => component.get(from) === component.get(to)),
    ({ from }) => component.get(from)!,
  );
  return [...byComponent.values()].map((members) => ({
    anchor,
    triplets: members.map(({ place }) => place),
  }));
}

function hubsOf(triplets: Uint32Array, imageCount: number): Hub[] {
  const counts = new Uint32Array(imageCount);
  for (const image of triplets) counts[image]++;
  const linked = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const least = hubFactor * triplets.length / Math.max(1, linked);
  const hubs: Hub[] = [];
  counts.forEach((count, image) => {
    if (count > least) hubs.push({ image, triplets: count });
  });
  return hubs.sort((a, b) => b.triplets - a.triplets || a.image - b.image);
}

/** Places of triplets by anchor, in the list's order (a counting sort). */
function byAnchor(
  triplets: Uint32Array,
  imageCount: number,
): { order: Uint32Array; start: Uint32Array } {
  const start = new Uint32Array(imageCount + 1);
  for (let at = 0; at < triplets.length; at += 3) start[triplets[at] + 1]++;
  for (let image = 0; image < imageCount; image++) start[image + 1] += start[image];
  const next = start.slice();
  const order = new Uint32Array(triplets.length / 3);
  for (let place = 0; place < order.length; place++) order[next[triplets[3 * place]]++] = place;
  return { order, start };
}
