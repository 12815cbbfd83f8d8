import { Buffer } from "node:buffer";
import { characters } from "./draw_face.ts";

/**
 * Whether a face has small letters of its own, from its pictures in the order of `characters`.
 * Faces of capitals repeat them as small letters, so "a" and "A" would be two characters with one
 * look; a face where more than half of the letters do so has none of its own.
 */
export function hasLowerCase(pictures: readonly (Uint8Array | null)[]): boolean {
  let [letters, repeated] = [0, 0];
  characters.forEach((character, row) => {
    const small = character.toLowerCase();
    if (character === small) return;
    const [capital, other] = [pictures[row], pictures[characters.indexOf(small)]];
    if (capital === null || other === null) return;
    letters++;
    if (Buffer.compare(capital, other) === 0) repeated++;
  });
  return repeated <= letters / 2;
}
