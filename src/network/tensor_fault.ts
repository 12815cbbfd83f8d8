import type { StoredTensor } from "../tensor/safetensors.ts";
import { backboneParts } from "./backbone.ts";
import { backbonesOf, type NetworkShape } from "./initialise.ts";

/** What keeps `stored` from being the tensors of a network of that shape; null when they are. */
export function tensorFault(
  shape: NetworkShape,
  stored: ReadonlyMap<string, StoredTensor>,
): string | null {
  const expected = new Map<string, readonly number[]>(
    backbonesOf(shape).flatMap(({ prefix, dimension }) =>
      backboneParts(dimension).map((part) => [prefix + part.name, part.shape] as const)
    ),
  );
  expected.set("masks.weight", [shape.notions.length, shape.dimension]);
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
