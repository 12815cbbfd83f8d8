/** A folder of pictures as the explorer knows it. */
import { join } from "../../src/files/paths.ts";
import type { PicturePlaces } from "../../src/explore/pictures/picture_files.ts";

/** Pictures in `folder`, named by their files. */
export function picturesIn(folder: string, names: readonly string[]): PicturePlaces {
  return {
    pictureFolder: folder,
    embeddings: { names },
    fileOf: (index) => join(folder, names[index]),
  };
}
