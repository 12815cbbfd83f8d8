import { CsnError, UsageError } from "../../base/errors.ts";
import { csvLine } from "../../files/csv_line.ts";
import type { Listener } from "../../base/listener.ts";
import { join, resolve } from "../../files/paths.ts";
import { buildSet } from "../make/build_set.ts";
import { assertDraw, type TripletCounts } from "../make/set_plan.ts";
import { landFolder } from "../land_folder.ts";
import type { ColumnRule } from "../make/notions/rule.ts";
import { drawFonts, type DrawnFonts, type DrawnImage } from "./draw_fonts.ts";
import { pictureSize } from "./draw_face.ts";
import { fontFamilies, fontPackagesKey } from "./font_packages.ts";
import { installFonts } from "./install_fonts.ts";

/** A tenth of the paper's counts for Zappos50k, where a notion has 200,000, 20,000 and 40,000. */
export const defaultTripletCounts: TripletCounts = { train: 20_000, val: 2_000, test: 4_000 };

/** How the fonts set is made. */
export interface FontsSetOptions {
  /**
   * Side of the images in pixels, 16 to 64; smaller ones are made from those of 64. @default {64}
   */
  readonly imageSize?: number;
  /** Decides the splits and triplets. @default {1} */
  readonly seed?: number;
  /** Triplets of each notion in each split. @default {20,000, 2,000 and 4,000} */
  readonly triplets?: TripletCounts;
  /**
   * Split by typeface, so that no typeface of the test images was seen in training. @default {by
   * image}
   */
  readonly holdOut?: "typeface";
  /** Families to draw. @default {fontFamilies} */
  readonly families?: readonly string[];
  /**
   * Replace the image set in the folder, where nothing but csn's own files lies in it. @default
   * {false}
   */
  readonly overwrite?: boolean;
  /** Hears of the work. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** What was made, or was there already. */
export interface FontsSetResult {
  /** Absolute path of the set's folder. */
  readonly folder: string;
  /** False when this very set was there already. */
  readonly made: boolean;
  /** Pictures in the set. */
  readonly images: number;
  /** Typefaces that they show. */
  readonly families: number;
}

/** Rises when the same settings come to give other files. */
const drawing = 2;

/**
 * Weights are alike when equal and unlike from light to semi-bold: neighbours are hard to
 * distinguish.
 */
const weightUnlike = 300;

/**
 * Makes the image set of the paper's first experiment from real fonts: the 62 letters and digits in
 * every face, with the notions character, typeface, weight and slant. The same options give the
 * same bytes. The set is drawn beside `folder` and renamed, so it is whole or not there.
 *
 * Throws a UsageError when an option cannot be right, and a CsnError when another set lies in
 * `folder`, the fonts cannot be had, or there are too few images for the triplets.
 */
export async function makeFontsSet(
  folder: string,
  options: FontsSetOptions = {},
): Promise<FontsSetResult> {
  const target = resolve(folder);
  const settings = settingsOf(options);
  const before = options.overwrite ? null : await findSet(target, settings);
  if (before !== null) return before;
  const failing = "Cannot make the fonts set";
  const { overwrite = false, listener, signal } = options;
  return await landFolder(target, { failing, overwrite, listener, signal }, async (work) => {
    const fonts = await installFonts(options);
    const drawn = await drawFonts(fonts, work, { ...settings, ...listening(options) });
    await writeSet(work, drawn, settings, options);
    return { folder: target, made: true, images: drawn.images.length, families: drawn.families };
  });
}

/** All that decides the bytes of a set; kept in `set.json`. */
interface Settings {
  readonly drawing: number;
  readonly fonts: string;
  readonly families: readonly string[];
  readonly imageSize: number;
  readonly seed: number;
  readonly triplets: TripletCounts;
  readonly holdOut?: "typeface";
}

function settingsOf(options: FontsSetOptions): Settings {
  const { imageSize = pictureSize, seed = 1, triplets = defaultTripletCounts } = options;
  const { families = fontFamilies } = options;
  if (!Number.isInteger(imageSize) || imageSize < 16 || imageSize > pictureSize) {
    throw new UsageError(
      `Cannot draw fonts with \`imageSize: ${imageSize}\`: it must be a whole number from 16 to ${pictureSize}`,
    );
  }
  assertDraw({ seed, triplets });
  const unknown = families.find((family) => !fontFamilies.includes(family));
  if (unknown !== undefined || families.length === 0) {
    throw new UsageError(
      `Cannot draw the font family ${unknown ?? "(none)"}: known are ${fontFamilies.join(", ")}`,
    );
  }
  const { train, val, test } = triplets;
  return {
    drawing,
    fonts: fontPackagesKey,
    families: [...families],
    imageSize,
    seed,
    triplets: { train, val, test },
    ...(options.holdOut === undefined ? {} : { holdOut: options.holdOut }),
  };
}

function listening(
  { listener, signal }: FontsSetOptions,
): Pick<FontsSetOptions, "listener" | "signal"> {
  return { listener, signal };
}

/** The set that was made with the same settings before, null when there is nothing. */
async function findSet(target: string, settings: Settings): Promise<FontsSetResult | null> {
  let found: {
    made?: Settings & { by: string; drawn: { images: number; families: number } };
  } | null;
  try {
    found = JSON.parse(await Deno.readTextFile(join(target, "set.json")));
  } catch (error) {
    // What lies there instead is examined before anything is written.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const made = found?.made;
  if (made?.by !== "get-data fonts") return null;
  const isSame = Object.entries(settings).every(([field, value]) =>
    JSON.stringify(made[field as keyof Settings]) === JSON.stringify(value)
  );
  if (isSame) {
    const { images, families } = made.drawn;
    return { folder: target, made: false, images, families };
  }
  throw new CsnError(
    `Cannot make the fonts set in ${target}: there is one with other settings (see its set.json); choose another folder with \`folder\`, or replace it with \`overwrite: true\``,
  );
}

/** What a notion of the set is, by the column of `fonts.csv`. */
const rules: Readonly<Record<string, ColumnRule>> = {
  character: { type: "categorical" },
  typeface: { type: "categorical" },
  weight: { type: "numeric", alike: 0, unlike: weightUnlike },
  slant: { type: "categorical" },
};

/** Writes all but the images, which lie there already; `set.json` last. */
async function writeSet(
  folder: string,
  drawn: DrawnFonts,
  settings: Settings,
  options: FontsSetOptions,
): Promise<void> {
  const table = join(folder, "fonts.csv");
  await Deno.writeTextFile(table, fontTable(drawn.images));
  const { images: _, ...counts } = drawn;
  await buildSet(
    folder,
    {
      attributes: table,
      images: join(folder, "images"),
      rules,
      groupColumn: settings.holdOut,
      seed: settings.seed,
      triplets: settings.triplets,
      minImages: 1,
    },
    {
      name: "fonts",
      images: "images",
      flip: false, // it would change character and slant
      normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      about:
        "Letters and digits in real fonts (@fontsource packages, each under its own free licence), made by csn get-data fonts",
      made: {
        by: "get-data fonts",
        ...settings,
        drawn: { images: drawn.images.length, ...counts },
      },
    },
    {
      signal: options.signal,
      listener: quietly(options.listener),
      // The table is csn's own: nothing of it is for the user to mend.
      onSummary: () => {},
    },
  );
}

/** Without the line about a table that the user did not bring. */
function quietly(listener: Listener | undefined): Listener {
  return {
    progress: (progress) => listener?.progress?.(progress),
    warning: (text) => listener?.warning?.(text),
  };
}

/** A line an image: what every notion says of it. */
function fontTable(images: readonly DrawnImage[]): string {
  const lines = images.map(({ file, character, family, weight, slant }) =>
    csvLine([file, character, family, String(weight), slant])
  );
  return csvLine(["file", ...Object.keys(rules)]) + lines.join("");
}
