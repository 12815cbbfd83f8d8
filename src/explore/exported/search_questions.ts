/** What an exported page asks its worker. No imports but of types that a browser can have. */
import type { NeighboursAsked } from "../protocol.ts";

/** A question. */
export type SearchQuestion =
  | { readonly ask: "neighbours"; readonly asked: NeighboursAsked }
  | { readonly ask: "find"; readonly text: string; readonly limit: number }
  | { readonly ask: "images"; readonly where: readonly string[]; readonly count: number }
  /** Answered with [images]: 1 for those that meet the conditions, else 0. */
  | { readonly ask: "kept"; readonly where: readonly string[] }
  | { readonly ask: "infos"; readonly indices: readonly number[] }
  | { readonly ask: "dimension"; readonly dimension: number; readonly count: number };

/** One with the number by which it is answered. */
export interface NumberedQuestion {
  readonly number: number;
  readonly question: SearchQuestion;
}

/** An answer, or why there is none. */
export type NumberedAnswer =
  & { readonly number: number }
  & (
    | { readonly answer: unknown }
    | { readonly error: string }
  );
