import { areExchanged, valueContradictions } from "../sets/audit/value_contradictions.ts";
import type { SetValues } from "../sets/set_values.ts";
import type { Triplets } from "../sets/triplets.ts";
import type { Listener } from "../base/listener.ts";

/**
 * Warns, with counts, of training triplets that contradict the values of the set's images: a
 * network would learn the opposite of what the set says.
 */
export function warnOfContradictions(
  values: SetValues,
  { notions, notion, images }: Triplets,
  folder: string,
  listener: Listener | undefined,
): void {
  let from = 0;
  for (const [row, name] of notions.entries()) {
    // The triplets of a notion stand together, in the order of the notions.
    let to = from;
    while (to < notion.length && notion[to] === row) to++;
    const attribute = values.attributes.get(name);
    const some = images.subarray(3 * from, 3 * to);
    const found = attribute && valueContradictions(attribute, some);
    if (found !== undefined && found.places.length > 0) {
      const doubt = areExchanged(found, to - from)
        ? ": far and near are exchanged; a line is `anchor far near`"
        : "";
      listener?.warning?.(
        `${found.places.length} of the ${
          to - from
        } training triplets of ${name} contradict the set's values (attributes.csv)${doubt}; \`auditSet(${
          JSON.stringify(folder)
        })\` lists them`,
      );
    }
    from = to;
  }
}
