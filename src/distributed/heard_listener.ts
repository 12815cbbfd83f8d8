import type { Listener } from "../base/listener.ts";
import type { ProcessGroup } from "./process_group.ts";

/** Of several processes that do one work rank 0 alone is heard of. */
export function heardListener(
  group: ProcessGroup | undefined,
  listener: Listener | undefined,
): Listener | undefined {
  return (group?.place.rank ?? 0) === 0 ? listener : undefined;
}
