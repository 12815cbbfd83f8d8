import { type Attribute, isKnown } from "../sets/attribute.ts";
import { valuesAttribute } from "../teach/values_attribute.ts";
import type { Explored } from "./explored.ts";

/** A column of values from which a notion can be taught. */
export interface TeachableColumn {
  /** Of how many images a value is known. */
  readonly images: number;
  /** What it says of each image. */
  attribute(): Attribute;
}

/** The columns that are known of the images and are no notion of the model. */
export function teachableColumns(
  { model, columns, values, count }: Explored,
): Map<string, TeachableColumn> {
  const found = new Map<string, TeachableColumn>();
  for (const [name, cells] of columns ?? []) {
    // How a set was split says nothing of its images.
    if (model.notions.includes(name) || name === "split" && !values?.attributes.has(name)) continue;
    const attribute = () => values?.attributes.get(name) ?? ofCells(cells, count);
    found.set(name, { images: knownOf(attribute(), count), attribute });
  }
  return found;
}

/** Alike are those with the same value; of lists, those that share one. */
function ofCells(cells: readonly (readonly string[])[], count: number): Attribute {
  if (cells.some((each) => each.length > 1)) return { kind: "multi", values: cells };
  const given = cells.flatMap(([value], image) => value === undefined ? [] : [{ image, value }]);
  return valuesAttribute(given, count);
}

function knownOf(attribute: Attribute, count: number): number {
  let known = 0;
  for (let image = 0; image < count; image++) if (isKnown(attribute, image)) known++;
  return known;
}
