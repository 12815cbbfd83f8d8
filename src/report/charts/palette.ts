/**
 * Colours that people with any kind of colour vision can tell apart, and that stay readable on
 * light and dark.
 */

/**
 * Okabe and Ito, Color Universal Design (2008), without black and with yellow last: it is weak on
 * white.
 */
const okabeIto = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#b8a800"];

/** The colour of series number `index`; they begin anew after seven. */
export function seriesColour(index: number): string {
  return okabeIto[index % okabeIto.length];
}

/** ECharts's names of markers: the second sign by which series differ. */
const markers = ["circle", "rect", "triangle", "diamond"] as const;

/** A marker. */
export type Marker = typeof markers[number];

/** The marker of series number `index`. */
export function seriesMarker(index: number): Marker {
  return markers[index % markers.length];
}

/** Even steps of viridis (van der Walt and Smith, 2015), dark to light. */
export const viridis: readonly string[] = [
  "#440154",
  "#482878",
  "#3e4989",
  "#31688e",
  "#26828e",
  "#1f9e89",
  "#35b779",
  "#6ece58",
  "#b5de2b",
  "#fde725",
];

/** Blue by way of grey to orange, for numbers on both sides of 0. */
export const diverging: readonly string[] = ["#0072b2", "#7fb4d6", "#ececec", "#eaa67a", "#d55e00"];

/** The colour at `place`, 0 to 1, of evenly spaced `steps`, mixed linearly in sRGB. */
export function colourAt(steps: readonly string[], place: number): string {
  const at = Math.min(1, Math.max(0, place)) * (steps.length - 1);
  const low = Math.min(Math.floor(at), steps.length - 2);
  const share = at - low;
  const [a, b] = [channels(steps[low]), channels(steps[low + 1])];
  return "#" +
    a.map((value, i) => Math.round(value + (b[i] - value) * share).toString(16).padStart(2, "0"))
      .join("");
}

/** Black or white, whichever can be read on `colour` (WCAG 2.2, relative luminance). */
export function inkOn(colour: string): string {
  const [r, g, b] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  // Where the contrasts with black and with white are equal.
  return luminance > 0.179 ? "#000000" : "#ffffff";
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
