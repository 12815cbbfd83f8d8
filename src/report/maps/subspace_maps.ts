import { threads } from "../../native/library.ts";
import type { Listener } from "../../base/listener.ts";
import { shuffled, streamFor } from "../../base/random.ts";
import type { SubspaceMap } from "../report_data.ts";
import { MaskedVectors } from "../../statistics/masked_vectors.ts";
import { drawMap } from "../draw_pictures.ts";
import type { EmbeddedSplit } from "../../analysis/embedded_split.ts";
import { emptyCell, gridCells } from "./grid_cells.ts";
import { defaultLayout } from "./layout_settings.ts";
import type { LayoutTask } from "./layout_task.ts";
import { layOutAll } from "./lay_out_all.ts";
import type { LayoutCache } from "./layout_cache.ts";
import type { PackPictures } from "../../images/pack_pictures.ts";
import { pictureName } from "../picture_name.ts";

/** Cells of the grid's side at most, and the images there are for each cell otherwise. */
const [mostCells, imagesPerCell] = [40, 1.25];

/** How maps are made. */
export interface MapOptions {
  /** Images that are laid out at most. */
  readonly most: number;
  /** Decides which, and where their layouts begin. */
  readonly seed: number;
  /** Where layouts are kept. */
  readonly cache: LayoutCache;
  /** Receives how many maps are done. */
  readonly listener?: Listener;
  /** Stops the work; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The map of each notion's subspace, as Figures 4, 5 and 7 of the paper: a sample of the images,
 * the same for all notions, is laid out by their embeddings under the notion's mask; a grid is laid
 * over the plane, and each cell shows one image of those in it.
 */
export async function subspaceMaps(
  split: EmbeddedSplit,
  pack: PackPictures,
  options: MapOptions,
): Promise<SubspaceMap[]> {
  const rows = sampleRows(split.images.length, options.most, options.seed);
  const vectors = gather(split.vectors, split.dimension, rows);
  const masked = split.masks.map((mask) => new MaskedVectors(vectors, mask));
  const settings = { ...defaultLayout, seed: options.seed };
  const layouts = await layOutNew(
    masked.map(({ rows, width }) => ({ points: rows, dimension: width, settings })),
    options,
  );
  const side = Math.max(1, Math.min(mostCells, Math.floor(Math.sqrt(rows.length / imagesPerCell))));
  const maps: SubspaceMap[] = [];
  for (const [row, notion] of split.notions.entries()) {
    const layout = layouts[row];
    const about = { notion, images: rows.length, side, dimensions: masked[row].width };
    if (layout === null) {
      maps.push({ ...about, shown: 0, picture: null });
      continue;
    }
    const cells = gridCells(layout, side).map((point) =>
      point === emptyCell ? emptyCell : split.images[rows[point]]
    );
    const shown = cells.filter((image) => image !== emptyCell).length;
    const alt = `${shown} images of the ${split.split} split laid out by ${notion}: ` +
      `near ones are alike by it`;
    maps.push({
      ...about,
      shown,
      picture: await drawMap({ name: pictureName("map", row, notion), alt }, pack, cells, side),
    });
  }
  return maps;
}

/** Numbers of at most `most` of `count` rows, drawn without repetition, ascending. */
export function sampleRows(count: number, most: number, seed: number, part = 0): Uint32Array {
  return shuffled(count, seed, streamFor("sample", part)).slice(0, most).sort();
}

/** Lays out what the cache does not know; null for points without dimensions. */
async function layOutNew(
  tasks: readonly LayoutTask[],
  { cache, listener, signal }: MapOptions,
): Promise<(Float32Array | null)[]> {
  const layouts: (Float32Array | null)[] = [];
  for (const task of tasks) layouts.push(task.dimension === 0 ? null : await cache.get(task));
  const missing = [...tasks.keys()].filter((place) =>
    layouts[place] === null && tasks[place].dimension > 0
  );
  let done = 0;
  const report = () => {
    listener?.progress?.({
      what: "Laying images out",
      done: done++,
      total: missing.length,
      unit: "maps",
    });
  };
  if (missing.length > 0) report();
  const found = await layOutAll(missing.map((place) => tasks[place]), {
    threads: threads(),
    signal,
    onDone: report,
  });
  for (const [i, place] of missing.entries()) {
    layouts[place] = found[i];
    await cache.put(tasks[place], found[i]);
  }
  return layouts;
}

function gather(vectors: Float32Array, dimension: number, rows: Uint32Array): Float32Array {
  const some = new Float32Array(rows.length * dimension);
  rows.forEach((row, to) => {
    some.set(vectors.subarray(row * dimension, (row + 1) * dimension), to * dimension);
  });
  return some;
}
