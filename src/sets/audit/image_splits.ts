import { type ImageSet, type Split, splits } from "../image_set.ts";

/** Which splits use each image of a set. */
export class ImageSplits {
  /** A bit for each split, by image. */
  readonly #bits: Uint8Array;
  /** The first image with the same path, which both are. */
  readonly #same: Uint32Array;
  readonly #set: ImageSet;

  constructor(set: ImageSet) {
    this.#set = set;
    this.#bits = new Uint8Array(set.imageFiles.length);
    const first = new Map<string, number>();
    this.#same = Uint32Array.from(set.imageFiles, (file, image) => {
      if (!first.has(file)) first.set(file, image);
      return first.get(file)!;
    });
  }

  /** Notes that triplets of a split use these images. */
  add(split: Split, images: Uint32Array): void {
    const bit = 1 << splits.indexOf(split);
    for (const image of images) this.#bits[this.#same[image]] |= bit;
  }

  /** The splits of an image. */
  of(image: number): Split[] {
    const bits = this.#bits[this.#same[image]];
    return splits.filter((_, row) => (bits & (1 << row)) !== 0);
  }

  /** Images in more than one split. */
  shared(): number[] {
    return this.#images().filter((image) => this.of(image).length > 1);
  }

  /** Images that no triplet uses. */
  unlinked(): number[] {
    return this.#images().filter((image) => this.#bits[image] === 0);
  }

  /** Images that triplets use, each path once. */
  linked(): number[] {
    return this.#images().filter((image) => this.#bits[image] !== 0);
  }

  /** Whether two images are used by different splits, one by any that the other is not. */
  areApart(a: number, b: number): boolean {
    return this.#bits[this.#same[a]] !== this.#bits[this.#same[b]];
  }

  #images(): number[] {
    return Array.from(this.#set.imageFiles.keys()).filter((image) => this.#same[image] === image);
  }
}
