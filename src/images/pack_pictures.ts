import { CsnError } from "../base/errors.ts";

/** The images of a pack, whose pixels are read one image at a time. */
export class PackPictures implements Disposable {
  /** Side of the square images in pixels. */
  readonly size: number;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, size: number, file: Deno.FsFile) {
    this.size = size;
    this.#path = path;
    this.#file = file;
  }

  /** Opens a pack: uint8 [N, size, size, 3] from byte 0 on. */
  static async open(path: string, size: number): Promise<PackPictures> {
    return new PackPictures(path, size, await Deno.open(path));
  }

  /** Pixels [size, size, 3] of image number `image`. */
  pixels(image: number): Uint8Array {
    const pixels = new Uint8Array(this.size * this.size * 3);
    this.#file.seekSync(image * pixels.length, Deno.SeekMode.Start);
    for (let at = 0; at < pixels.length;) {
      const read = this.#file.readSync(pixels.subarray(at));
      if (read === null) {
        throw new CsnError(
          `Cannot read image ${image} of ${this.#path}: the file ends before it; remove the pack, and the next command makes it again`,
        );
      }
      at += read;
    }
    return pixels;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
