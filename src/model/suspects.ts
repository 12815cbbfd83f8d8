import { withOneSet } from "../sets/one_set.ts";
import { openImageSet, type Split } from "../sets/image_set.ts";
import { preparePack } from "../sets/pack/pack.ts";
import { readListedTriplets, tripletListPath } from "../sets/triplet_list.ts";
import { loadTriplets } from "../sets/triplets.ts";
import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { Network } from "../network/network.ts";
import type { Placement } from "../network/placement.ts";
import { embedDistinct, tripletDistances } from "./evaluate.ts";
import { type ModelFile, networkShape, networkTensors } from "./model_file.ts";
import { modelOnSet } from "./model_on_set.ts";
import { mapPack, unusableImages } from "../sets/pack/map_pack.ts";

/** A triplet that a model orders wrongly, perhaps because a label is wrong. */
export interface Suspect {
  /** The notion. */
  readonly notion: string;
  /** The split. */
  readonly split: Split;
  /** Line of its list, from 1 on. */
  readonly line: number;
  /** Indices of anchor, far and near. */
  readonly images: readonly [anchor: number, far: number, near: number];
  /** Their files. */
  readonly files: readonly [anchor: string, far: string, near: string];
  /** How much farther the near image is than the far one, in the model's distance. */
  readonly wrongBy: number;
}

/** Which triplets are looked at. */
export interface SuspectOptions {
  /** The set. */
  readonly data: string;
  /** Which lists. */
  readonly splits: readonly Split[];
  /** The most suspects of each notion and split. @default {20} */
  readonly most?: number;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Where the model computes. @default {the CPU, in float32} */
  readonly placement?: Placement;
  /** Receives progress of decoding and embedding, and warnings. */
  readonly listener?: Listener;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * The triplets that a model gets wrong by most, those of each notion and split together, the worst
 * first. Where a model that has learned a notion disagrees by far, the label is often wrong.
 */
export async function findSuspects(file: ModelFile, options: SuspectOptions): Promise<Suspect[]> {
  return await withOneSet(options.data, () => suspectsOnSet(file, options));
}

async function suspectsOnSet(given: ModelFile, options: SuspectOptions): Promise<Suspect[]> {
  const set = await openImageSet(options.data);
  const { file } = modelOnSet(given, set, options.listener);
  const { info } = file;
  const notions = set.notions.filter((notion) => info.notions.includes(notion));
  if (notions.length !== info.notions.length) {
    throw new CsnError(
      `Cannot find suspects in ${set.folder} with ${file.path}: the model's notions are ${
        info.notions.join(", ")
      }, the set has ${set.notions.join(", ")}; use a model that was trained on this set`,
    );
  }
  const pack = await preparePack(set, info.imageSize, {
    ...options,
    fit: info.fit,
    allowMissing: true,
  });
  const unusable = unusableImages(pack);
  using pixels = mapPack(pack, options.placement?.device);
  using network = new Network(networkShape(file), networkTensors(file), options.placement);
  const suspects: Suspect[] = [];
  for (const split of options.splits) {
    const triplets = await loadTriplets(set, split, {
      notions: info.notions,
      seed: info.config.seed,
      unusable,
    });
    const embedded = await embedDistinct(network, pixels, triplets.images, {
      ...options,
      normalisation: info.normalisation,
    });
    using embeddings = embedded.embeddings;
    const { far, near } = await tripletDistances(
      network,
      embeddings,
      embedded.positions,
      triplets.notion,
    );
    for (const [row, notion] of info.notions.entries()) {
      const wrong: { place: number; by: number }[] = [];
      triplets.notion.forEach((one, place) => {
        if (one === row && near[place] >= far[place]) {
          wrong.push({ place, by: near[place] - far[place] });
        }
      });
      wrong.sort((a, b) => b.by - a.by || a.place - b.place);
      const lines = await usableLines(
        tripletListPath(set.folder, { notion, split }),
        set.imageFiles.length,
        unusable,
      );
      const first = triplets.notion.indexOf(row);
      for (const { place, by } of wrong.slice(0, options.most ?? 20)) {
        const images = [...triplets.images.subarray(3 * place, 3 * place + 3)] as unknown as [
          number,
          number,
          number,
        ];
        suspects.push({
          notion,
          split,
          line: lines[place - first],
          images,
          files: images.map((image) => set.imageFiles[image]) as unknown as [
            string,
            string,
            string,
          ],
          wrongBy: by,
        });
      }
    }
  }
  return suspects;
}

/** Line of each triplet of a list that was loaded: those with an unusable image were left out. */
async function usableLines(
  file: string,
  imageCount: number,
  unusable: ReadonlySet<number>,
): Promise<number[]> {
  const { triplets, lines } = await readListedTriplets(file, imageCount);
  return [...lines].filter((_, place) =>
    !triplets.subarray(3 * place, 3 * place + 3).some((image) => unusable.has(image))
  );
}
