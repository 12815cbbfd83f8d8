import type { ExploredImages } from "./explored_images.ts";
import { keptRows } from "./find_neighbours.ts";
import { imageInfo } from "./image_values.ts";
import type { ListedImages } from "./protocol.ts";

/** Images that meet conditions, evenly over them. */
export function listImages(
  explored: ExploredImages,
  where: readonly string[],
  count: number,
): ListedImages {
  const keep = keptRows(explored, where, null);
  const rows = Uint32Array.from(keep.keys()).filter((row) => keep[row] === 1);
  const shown = Math.min(count, rows.length);
  const images = Array.from({ length: shown }, (_, at) => {
    const place = Math.floor((at + 0.5) * rows.length / shown);
    return imageInfo(explored, rows[place]);
  });
  return { images, total: rows.length };
}
