import { infoOfSync, isNowhere } from "../../files/exists.ts";
import { sha256 } from "../../files/sha256.ts";
import { messageOf } from "../../base/errors.ts";
import { PictureFault } from "./picture_fault.ts";

/** Where pictures lie. */
export interface PicturePlaces {
  /** The folder below which all of them lie; null where that is not known. */
  readonly pictureFolder: string | null;
  /** Their names, by index. */
  readonly embeddings: { readonly names: readonly string[] };
  /** Where the picture of an image lies; null where that is not known. */
  fileOf(index: number): string | null;
}

/** Larger files are no pictures that anybody looks at one by one. */
const mostBytes = 256 * 2 ** 20;

/**
 * Reads the files of the pictures that are explored, and no others: a name that leads out of the
 * folder, by ".." or by a link, is refused.
 */
export class PictureFiles {
  readonly #places: PicturePlaces;

  constructor(places: PicturePlaces) {
    this.#places = places;
  }

  /** The bytes of a picture's file. Throws a PictureFault where it cannot be shown. */
  async read(index: number): Promise<Uint8Array<ArrayBuffer>> {
    const { pictureFolder } = this.#places;
    const file = this.#places.fileOf(index);
    if (file === null || pictureFolder === null) {
      throw this.#fault(index, "unknown", "nothing says where its file lies");
    }
    try {
      const [folder, real] = await Promise.all([pictureFolder, file].map((p) => Deno.realPath(p)));
      if (!real.startsWith(folder === "/" ? "/" : `${folder}/`)) {
        throw this.#fault(index, "outside", `its file lies outside ${pictureFolder}`);
      }
      // What was examined is read, whatever the link is made to lead to meanwhile.
      const info = await Deno.stat(real);
      if (!info.isFile) throw this.#fault(index, "broken", "it is no regular file");
      if (info.size > mostBytes) {
        throw this.#fault(index, "broken", `its file has ${info.size} bytes`);
      }
      return await Deno.readFile(real);
    } catch (error) {
      if (error instanceof PictureFault) throw error;
      if (isNowhere(error)) throw this.#fault(index, "gone", "there is no such file", error);
      throw this.#fault(index, "broken", messageOf(error), error);
    }
  }

  /** Why image number `index` cannot be shown. */
  broken(index: number, found: string, cause?: unknown): PictureFault {
    return this.#fault(index, "broken", found, cause);
  }

  /** Another text where other files lie in the places of these images, or others were written. */
  stampOf(images: ArrayLike<number>): string {
    const lines = Array.from(images, (image) => {
      const file = this.#places.fileOf(image);
      const info = file === null ? null : infoOfSync(file);
      return `${file} ${info?.size} ${info?.mtime?.getTime()} ${info?.ino}`;
    });
    return sha256(lines.join("\n"));
  }

  #fault(
    index: number,
    state: "unknown" | "gone" | "outside" | "broken",
    found: string,
    cause?: unknown,
  ): PictureFault {
    const name = this.#places.embeddings.names[index];
    return new PictureFault(state, `Cannot show image ${index}, ${name}: ${found}`, { cause });
  }
}
