/**
 * An image to embed: a file's path, a file's bytes, or pixels [size, size, 3] that were decoded
 * already.
 */
export type ImageSource = string | Uint8Array | { readonly pixels: Uint8Array };

/** An image to embed, and what it is called. */
export interface NamedSource {
  /** A file's path, or such as "image 0". */
  readonly name: string;
  /** The image. */
  readonly source: ImageSource;
}
