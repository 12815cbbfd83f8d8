/** Embeddings by name: what is searched. */
export interface Embeddings {
  /** What each embedding belongs to, such as an image's path. */
  readonly names: readonly string[];
  /** [N, D] in C order. */
  readonly vectors: Float32Array;
  /** D. */
  readonly dimension: number;
}
