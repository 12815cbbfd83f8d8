/** How far a long piece of work has come. */
export interface Progress {
  /**
   * What is being done, for people: "Decoding images". The same text for the whole of one piece of
   * work.
   */
  readonly what: string;
  /** Units done so far. */
  readonly done: number;
  /** Units in all; `null` when not known. */
  readonly total: number | null;
  /** What is counted; "bytes" are shown as kB, MB and GB. */
  readonly unit: "bytes" | "images" | "triplets" | "files" | "maps";
}

/**
 * Receives progress and notices. The library never prints: its caller passes a listener. All
 * members may be left out. A piece of work reports `done === total` when it is complete.
 */
export interface Listener {
  /** Work went on; may be called many times a second. */
  progress?(progress: Progress): void;
  /** A step began or ended, one plain sentence. */
  notice?(text: string): void;
  /** Something is not as it should be, but work goes on. */
  warning?(text: string): void;
}
