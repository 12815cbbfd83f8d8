import type { EpochRow } from "../../protocol.ts";

/** A run as far as the page has it. */
export interface RunCurves {
  readonly name: string;
  readonly notions: readonly string[];
  readonly rows: readonly EpochRow[];
  /** Epochs that it is to have; null where it does not say. */
  readonly planned: number | null;
  readonly generation: string;
  /** Why it cannot be shown; null where it can. */
  readonly error: string | null;
}
