import { CsnError, messageOf, UsageError } from "../../errors.ts";
import { FileLock } from "../../file_lock.ts";
import type { Listener } from "../../listener.ts";
import { basename, dirname, join, resolve } from "../../paths.ts";
import { streamFor } from "../../random.ts";
import { type Attribute, drawTriplets } from "../draw_triplets.ts";
import { exists, removeAll } from "../../folders.ts";
import { type Split, splits } from "../image_set.ts";
import { splitImages } from "../split_images.ts";
import { tripletListPath, writeTripletList } from "../triplet_list.ts";
import { drawFonts, type DrawnFonts, type DrawnImage } from "./draw_fonts.ts";
import { pictureSize } from "./draw_face.ts";
import { fontFamilies, fontPackagesKey } from "./font_packages.ts";
import { installFonts } from "./install_fonts.ts";

/** Triplets of each notion, by split. */
export type TripletCounts = Readonly<Record<Split, number>>;

/** A tenth of the paper's counts for Zappos50k, where a notion has 200,000, 20,000 and 40,000. */
export const defaultTripletCounts: TripletCounts = { train: 20_000, val: 2_000, test: 4_000 };

/** How the fonts set is made. */
export interface FontsSetOptions {
  /** Side of the images in pixels, 16 to 64; smaller ones are made from those of 64. @default {64} */
  readonly imageSize?: number;
  /** Decides the splits and triplets. @default {1} */
  readonly seed?: number;
  /** @default {defaultTripletCounts} */
  readonly triplets?: TripletCounts;
  /** Families to draw. @default {fontFamilies} */
  readonly families?: readonly string[];
  /** Replace what lies in the folder. @default {false} */
  readonly overwrite?: boolean;
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
}

/** What was made, or was there already. */
export interface FontsSetResult {
  /** Absolute path of the set's folder. */
  readonly folder: string;
  /** False when this very set was there already. */
  readonly made: boolean;
  readonly images: number;
  readonly families: number;
}

/** Rises when the same settings come to give other files. */
const drawing = 1;

/** Weights are alike when equal and unlike from light to semi-bold apart: neighbours are hard to tell. */
const weightUnlike = 300;

/**
 * Makes the image set of the paper's first experiment from real fonts: the 62 letters and digits in every
 * face, with the notions character, typeface, weight and slant. The same options give the same bytes.
 * The set is drawn beside `folder` and renamed, so it is whole or not there.
 *
 * Throws a UsageError when an option cannot be right, and a CsnError when another set lies in `folder`, the
 * fonts cannot be had, or there are too few images for the triplets.
 */
export async function makeFontsSet(
  folder: string,
  options: FontsSetOptions = {},
): Promise<FontsSetResult> {
  const target = resolve(folder);
  const settings = settingsOf(options);
  const before = options.overwrite ? null : await findSet(target, settings);
  if (before !== null) return before;
  await Deno.mkdir(dirname(target), { recursive: true });
  using _lock = await FileLock.take(
    join(dirname(target), `.${basename(target)}.lock`),
    `Cannot make the fonts set in ${target}`,
    "wait until it is done",
  );
  const fonts = await installFonts(options);
  const work = join(dirname(target), `.${basename(target)}.part`);
  await removeAll(work);
  try {
    await Deno.mkdir(work);
    const drawn = await drawFonts(fonts, work, { ...settings, ...listening(options) });
    await writeSet(work, drawn, settings, options);
    await land(work, target, options.overwrite ?? false);
    return { folder: target, made: true, images: drawn.images.length, families: drawn.families };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof CsnError) throw error;
    // A full disk, for one.
    throw new CsnError(`Cannot make the fonts set in ${target}: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await removeAll(work);
  }
}

/** All that decides the bytes of a set; kept in `set.json`. */
interface Settings {
  readonly drawing: number;
  readonly fonts: string;
  readonly families: readonly string[];
  readonly imageSize: number;
  readonly seed: number;
  readonly triplets: TripletCounts;
}

function settingsOf(options: FontsSetOptions): Settings {
  const { imageSize = pictureSize, seed = 1, triplets = defaultTripletCounts } = options;
  const { families = fontFamilies } = options;
  if (!Number.isInteger(imageSize) || imageSize < 16 || imageSize > pictureSize) {
    throw new UsageError(
      `Cannot draw fonts with --image-size ${imageSize}: it must be a whole number from 16 to ${pictureSize}`,
    );
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new UsageError(`Cannot use --seed ${seed}: it must be a whole number of at least 0`);
  }
  for (const split of splits) {
    if (!Number.isSafeInteger(triplets[split]) || triplets[split] < 1) {
      throw new UsageError(
        `Cannot draw ${
          triplets[split]
        } triplets for ${split}: it must be a whole number of at least 1`,
      );
    }
  }
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
  };
}

function listening(
  { listener, signal }: FontsSetOptions,
): Pick<FontsSetOptions, "listener" | "signal"> {
  return { listener, signal };
}

/** The set that was made with the same settings before, null when there is nothing. */
async function findSet(target: string, settings: Settings): Promise<FontsSetResult | null> {
  let found: Partial<{ made: unknown; counts: { images: number; families: number } }>;
  try {
    found = JSON.parse(await Deno.readTextFile(join(target, "set.json")));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof SyntaxError)) throw error;
    found = {};
  }
  if (JSON.stringify(found.made) === JSON.stringify(settings) && found.counts !== undefined) {
    return { folder: target, made: false, ...pickCounts(found.counts) };
  }
  if (!await exists(target) || await isEmpty(target)) return null;
  const what = found.made === undefined
    ? "there is something else"
    : "there is a fonts set with other settings (see its set.json)";
  throw new CsnError(
    `Cannot make the fonts set in ${target}: ${what}; choose another folder with --out DIR, or replace it with --overwrite`,
  );
}

function pickCounts(counts: { images: number; families: number }): {
  images: number;
  families: number;
} {
  return { images: counts.images, families: counts.families };
}

async function isEmpty(folder: string): Promise<boolean> {
  if (!(await Deno.stat(folder)).isDirectory) return false;
  for await (const _ of Deno.readDir(folder)) return false;
  return true;
}

/** The notions of a drawn set. */
function attributesOf(images: readonly DrawnImage[]): Map<string, Attribute> {
  return new Map<string, Attribute>([
    ["character", { kind: "categorical", values: images.map((image) => image.character) }],
    ["typeface", { kind: "categorical", values: images.map((image) => image.family) }],
    [
      "weight",
      {
        kind: "ordinal",
        values: images.map((image) => image.weight),
        alike: 0,
        unlike: weightUnlike,
      },
    ],
    ["slant", { kind: "categorical", values: images.map((image) => image.slant) }],
  ]);
}

/** Writes all but the images, which lie there already; `set.json` last. */
async function writeSet(
  folder: string,
  drawn: DrawnFonts,
  settings: Settings,
  { listener, signal }: FontsSetOptions,
): Promise<void> {
  const { images } = drawn;
  const attributes = attributesOf(images);
  const parts = splitImages(images.length, settings.seed);
  await Deno.mkdir(join(folder, "tripletlists"));
  const perNotion = splits.reduce((sum, split) => sum + settings.triplets[split], 0);
  const total = attributes.size * perNotion;
  let done = 0;
  for (const [row, [notion, attribute]] of [...attributes].entries()) {
    for (const [column, split] of splits.entries()) {
      signal?.throwIfAborted();
      const count = settings.triplets[split];
      const stream = streamFor("triplet", splits.length * row + column);
      const triplets = drawTriplets(attribute, parts[split], count, {
        notion: `${notion} (${split})`,
        seed: settings.seed,
        stream,
      });
      await writeTripletList(tripletListPath(folder, notion, split), triplets);
      done += count;
      listener?.progress?.({ what: "Drawing triplets", done, total, unit: "triplets" });
    }
  }
  await Deno.writeTextFile(
    join(folder, "filenames.json"),
    images.map(({ file }) => `${file}\n`).join(""),
  );
  await Deno.writeTextFile(join(folder, "attributes.csv"), attributeTable(images, parts));
  await Deno.writeTextFile(join(folder, "set.json"), describe(drawn, settings, attributes, parts));
}

/** A line an image: what every notion says of it, and its split. No value needs quotes. */
function attributeTable(
  images: readonly DrawnImage[],
  parts: Readonly<Record<Split, Uint32Array>>,
): string {
  const splitOf: Split[] = [];
  for (const split of splits) for (const image of parts[split]) splitOf[image] = split;
  const lines = images.map(({ file, character, family, weight, slant }, image) =>
    `${file},${character},${family},${weight},${slant},${splitOf[image]}\n`
  );
  return "file,character,typeface,weight,slant,split\n" + lines.join("");
}

function describe(
  drawn: DrawnFonts,
  settings: Settings,
  attributes: ReadonlyMap<string, Attribute>,
  parts: Readonly<Record<Split, Uint32Array>>,
): string {
  const set = {
    format: 1,
    name: "fonts",
    images: "images",
    notions: [...attributes.keys()],
    flip: false, // it would change character and slant
    normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    about:
      "Letters and digits in real fonts (@fontsource packages, each under its own free licence), made by csn get-data fonts",
    made: settings,
    counts: {
      images: drawn.images.length,
      families: drawn.families,
      faces: drawn.faces,
      splits: Object.fromEntries(splits.map((split) => [split, parts[split].length])),
      values: Object.fromEntries(
        [...attributes].map(([notion, { values }]) => [notion, new Set<unknown>(values).size]),
      ),
    },
    leftOut: drawn.leftOut,
    rules: {
      weight: `alike when equal, unlike from ${weightUnlike} apart`,
      others: "alike when equal, unlike when not",
    },
  };
  return JSON.stringify(set, null, 2) + "\n";
}

/** Puts the finished set in its place. */
async function land(work: string, target: string, overwrite: boolean): Promise<void> {
  const old = `${work}.old`;
  await removeAll(old);
  if (overwrite && await exists(target)) await Deno.rename(target, old);
  await Deno.rename(work, target);
  await removeAll(old);
}
