/** A line or image that something is said of. */
export interface Finding {
  /** What was found: a field of the reports. */
  readonly kind: string;
  /** The list, relative to the set's folder; "" for images. */
  readonly file: string;
  /** Its line, from 1 on; 0 for images. */
  readonly line: number;
  /** Indices of images that it is about: anchor, far and near of a triplet. */
  readonly images: readonly number[];
  /** More, in words. */
  readonly detail: string;
}

/** Something that is said of images, not of a line. */
export function ofImages(kind: string, images: readonly number[], detail: string): Finding {
  return { kind, file: "", line: 0, images, detail };
}
