import { join } from "../../files/paths.ts";

/** Upright or slanted. */
export type Slant = "normal" | "italic";

/** One font file: a family in one weight and slant. */
export interface FontFace {
  /** The family's name, as its package spells it: "libre-baskerville". */
  readonly family: string;
  /** 100 (thin) to 900 (black). */
  readonly weight: number;
  readonly slant: Slant;
  /** Absolute path of its WOFF2 file. */
  readonly file: string;
}

/**
 * The faces of a family in a folder of font files, which are named as @fontsource packages name
 * them: `<family>-latin-<weight>-<slant>.woff2`; sorted by weight, upright before italic.
 */
export async function fontFaces(folder: string, family: string): Promise<FontFace[]> {
  const faces: FontFace[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(`${family}-latin-`)) continue;
    const match = /^(\d+)-(normal|italic)\.woff2$/.exec(name.slice(`${family}-latin-`.length));
    if (match === null) continue;
    const slant = match[2] as Slant;
    faces.push({ family, weight: Number(match[1]), slant, file: join(folder, name) });
  }
  return faces.sort((a, b) => a.weight - b.weight || (a.slant < b.slant ? 1 : -1));
}
