import type { Listener } from "../base/listener.ts";
import type { Split } from "./image_set.ts";
import type { Triplets } from "./triplets.ts";

/** Warns how many triplets of each notion were left out because of an image that cannot be used. */
export function warnOfDropped(
  { perNotion }: Triplets,
  split: Split,
  listener: Listener | undefined,
): void {
  for (const { name, listed, dropped } of perNotion) {
    if (dropped === 0) continue;
    listener?.warning?.(
      `${dropped} of the ${listed} ${split} triplets of ${name} are left out: one of their images cannot be used`,
    );
  }
}
