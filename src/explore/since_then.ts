import { askedWholeText } from "./asked_values.ts";
import type { Written } from "./followed_run.ts";

/**
 * What was written since a page asked before, as member `name` of the answer: that after the first
 * `after` items, where `generation` is still what the page was given then, else all.
 */
export function sinceThen<Name extends string, Item>(
  query: URLSearchParams,
  name: Name,
  { items, generation }: Written<Item>,
): { readonly generation: string } & { readonly [name in Name]: readonly Item[] } {
  const limits = { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 0 };
  const after = askedWholeText("after", query.get("after"), limits);
  const isSame = query.get("generation") === generation;
  return { generation, [name]: isSame ? items.slice(after) : items } as
    & { readonly generation: string }
    & { readonly [name in Name]: readonly Item[] };
}
