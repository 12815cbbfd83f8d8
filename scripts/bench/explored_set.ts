/**
 * A set of many images to explore, and a model: pictures of the fonts set where it was made (random
 * ones else), small, each many times with other noise, so that all images are different ones.
 */
import sharp from "sharp";
import { dataFolder } from "../../src/cli/paths.ts";
import { csvLine } from "../../src/files/csv_line.ts";
import { isFile } from "../../src/files/exists.ts";
import { join } from "../../src/files/paths.ts";
import { decodeImage } from "../../src/images/decode_image.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { writeModelFile } from "../../src/model/model_file.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { imagePath, surveyImages } from "../../src/sets/pack/survey_images.ts";
import { openImageSet, splits } from "../../src/sets/image_set.ts";
import { readSetValues } from "../../src/sets/set_values.ts";
import { photograph } from "./image_files.ts";
import { benchNormalisation, benchShape } from "./setting.ts";

/** Side of the pictures, and of those that the network sees: decoding and embedding are quick. */
const [side, networkSide] = [64, 32];

/** How much noise is added at most, of 255. */
const noise = 40;

/** Random pictures that are drawn where there is no fonts set. */
const drawn = 200;

/** Pictures, and what is known of each. */
interface Sources {
  readonly notions: readonly string[];
  readonly count: number;
  /** RGB, [side, side, 3]. */
  readonly pixels: (index: number) => Promise<Uint8Array>;
  /** By notion. */
  readonly values: (index: number) => readonly string[];
}

/** Where the set and the model lie in a folder. */
export function exploredPaths(folder: string) {
  return { set: join(folder, "set"), model: join(folder, "model.safetensors") };
}

/** Writes the set and the model, unless that was done; the model's file is the last. */
export async function writeExplored(
  folder: string,
  images: number,
  notice: (text: string) => void,
): Promise<void> {
  const { set, model } = exploredPaths(folder);
  if (await isFile(model)) return;
  const sources = await fontSources() ?? drawnSources();
  notice(`making ${images} images of ${sources.count}`);
  await writeSet(set, sources, images);
  const { notions } = sources;
  const shape = { ...benchShape, notions };
  await writeModelFile(model, {
    info: {
      ...{ kind: "model", libtorch: "2.13.0", ...shape, imageSize: networkSide },
      ...{ epoch: 1, accuracy: 0, normalisation: benchNormalisation },
      config: { ...defaultConfig, data: set, notions },
    },
    tensors: initialTensors(shape, 1),
  });
}

/** The fonts set; null where it was not made. */
async function fontSources(): Promise<Sources | null> {
  const folder = dataFolder("fonts");
  if (!await isFile(join(folder, "set.json"))) return null;
  const set = await openImageSet(folder);
  const values = await readSetValues(set);
  if (values === null) return null;
  const survey = surveyImages(set);
  const notions = set.notions.slice(0, benchShape.notions.length);
  return {
    notions,
    count: set.imageFiles.length,
    pixels: (index) => decodeImage(imagePath(set, survey, index), side, { fit: set.fit }),
    values: (index) => notions.map((notion) => values.texts.get(notion)![index]),
  };
}

function drawnSources(): Sources {
  const { notions } = benchShape;
  return {
    notions,
    count: drawn,
    pixels: async (index) => await decodeImage(await photograph(index), side),
    values: (index) => notions.map((_, at) => String(Math.floor(index / (at + 1)) % 7)),
  };
}

async function writeSet(folder: string, sources: Sources, images: number): Promise<void> {
  await Deno.mkdir(join(folder, "images"), { recursive: true });
  await Deno.mkdir(join(folder, "tripletlists"), { recursive: true });
  const { notions, count } = sources;
  const names = Array.from({ length: images }, (_, image) => `${image}.jpg`);
  for (let source = 0; source < Math.min(count, images); source++) {
    const pixels = await sources.pixels(source);
    for (let image = source; image < images; image += count) {
      await Deno.writeFile(join(folder, "images", names[image]), await noisy(pixels, image));
    }
  }
  await Deno.writeTextFile(join(folder, "filenames.json"), names.join("\n") + "\n");
  const rows = names.map((name, image) =>
    csvLine([name, splits[image % splits.length], ...sources.values(image % count)])
  );
  const table = [csvLine(["file", "split", ...notions]), ...rows];
  await Deno.writeTextFile(join(folder, "attributes.csv"), table.join(""));
  const rules = Object.fromEntries(notions.map((name) => [name, { type: "categorical", name }]));
  await Deno.writeTextFile(
    join(folder, "set.json"),
    JSON.stringify({
      ...{ format: 1, name: "bench", images: "images", notions, flip: false },
      made: { rules },
    }),
  );
}

/** A picture with the noise of an image's number, as a JPEG file of some 2 kB. */
async function noisy(pixels: Uint8Array, image: number): Promise<Uint8Array> {
  const changed = new Uint8ClampedArray(pixels);
  let state = image;
  for (let at = 0; at < changed.length; at += 3) {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    const change = (state >>> 16) % (2 * noise) - noise;
    for (let channel = 0; channel < 3; channel++) changed[at + channel] += change;
  }
  const raw = { width: side, height: side, channels: 3 } as const;
  return await sharp(changed, { raw }).jpeg({ quality: 80 }).toBuffer();
}
