import type { Place } from "../../distributed/place.ts";

/** Who this process is among others; not before it is known, and never where it computes alone. */
let own: Place | null = null;

/** From now on this process speaks as one of several. */
export function setOwnPlace(place: Place): void {
  own = place;
}

/** Rank 0 alone shows what goes on; every rank shows what has failed. */
export function isSilent(): boolean {
  return own !== null && own.rank > 0;
}

/** What stands before a rank's messages where there are several ranks, such as "rank 1: ". */
export function rankWords(): string {
  return own !== null && own.world > 1 ? prefixOf(own.rank) : "";
}

/** What stands before a line of a rank. */
export function prefixOf(rank: number): string {
  return `rank ${rank}: `;
}
