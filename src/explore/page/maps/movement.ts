/** Milliseconds in which points move to their places on another map. */
export const moveMs = 900;

/** How far points are that began to move some milliseconds ago: from 0 to 1, slow at both ends. */
export function movedShare(ms: number): number {
  const share = Math.min(1, Math.max(0, ms / moveMs));
  return share * share * (3 - 2 * share);
}

/** Layouts [n, 2] mixed: `share` of the second. */
export function between(from: Float32Array, to: Float32Array, share: number): Float32Array {
  if (share >= 1) return to;
  const places = new Float32Array(to.length);
  for (let i = 0; i < places.length; i++) places[i] = from[i] + share * (to[i] - from[i]);
  return places;
}
