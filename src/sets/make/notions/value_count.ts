/** How many images have a value. */
export interface ValueCount {
  /** The value. */
  readonly value: string;
  /** Images that have it. */
  readonly images: number;
}
