import type { StoredTensor } from "../tensor/safetensors.ts";
import { backboneParts } from "./backbone.ts";
import type { NetworkShape } from "./initialise.ts";

/** What keeps `stored` from being the tensors of a network of that shape; null when they are. */
export function tensorFault(
  { notions, dimension }: Pick<NetworkShape, "notions" | "dimension">,
  stored: ReadonlyMap<string, StoredTensor>,
): string | null {
  const expected = new Map<string, readonly number[]>(
    backboneParts(dimension).map((part) => [`backbone.${part.name}`, part.shape]),
  );
  expected.set("masks.weight", [notions.length, dimension]);
  for (const [name, shape] of expected) {
    const found = stored.get(name);
    if (found === undefined) return `the tensor "${name}" is missing`;
    if (found.shape.join() !== shape.join()) {
      return `"${name}" has shape [${found.shape.join(", ")}], it should be [${shape.join(", ")}]`;
    }
  }
  const unknown = [...stored.keys()].find((name) => !expected.has(name));
  return unknown === undefined ? null : `the tensor "${unknown}" is unknown`;
}
