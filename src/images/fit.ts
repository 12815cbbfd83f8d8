/**
 * How an image that is no square becomes one: "crop" scales the short side and cuts the middle out;
 * "pad:#rrggbb" scales the long side and fills the rest with that colour.
 */
export type Fit = "crop" | `pad:#${string}`;

/** What a fit may be written as, for messages. */
export const fitForms = `"crop", "pad" (with white) or "pad:#rrggbb"`;

/** The fit that a text means; "pad" alone is with white. Null when it means none. */
export function parseFit(text: unknown): Fit | null {
  if (text === "crop") return "crop";
  if (text === "pad") return "pad:#ffffff";
  if (typeof text !== "string" || !/^pad:#[0-9a-f]{6}$/i.test(text)) return null;
  return text.toLowerCase() as Fit;
}

/** The colour that a fit pads with, each part 0 to 255; null when it crops. */
export function padColour(fit: Fit): [red: number, green: number, blue: number] | null {
  if (fit === "crop") return null;
  const colour = parseInt(fit.slice("pad:#".length), 16);
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

/** How images become squares, as the header of a pack says it. */
export function describeFit(fit: Fit): string {
  const colour = padColour(fit);
  return colour === null
    ? "to the short side, centre crop"
    : `to the long side, padded with rgb(${colour.join(", ")})`;
}
