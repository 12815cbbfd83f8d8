import type { Criterion } from "./mixture.ts";
import type { SearchResult } from "./search.ts";
import type { Condition } from "./where.ts";

/** A search as JSON: what was asked, what was found, and what was done. */
export function searchAnswer(
  { images, criterion, where }: {
    readonly images: readonly string[];
    readonly criterion: Criterion;
    readonly where: readonly Condition[];
  },
  result: SearchResult,
): Record<string, unknown> {
  return { images, ...criterion, where, ...result };
}
