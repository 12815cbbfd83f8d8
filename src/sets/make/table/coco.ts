import { isObject } from "../../../base/json_values.ts";
import { CsnError, shown } from "../../../base/errors.ts";
import type { JsonTable, Objects } from "./json_table.ts";

/** Annotations as COCO has them. */
interface Coco {
  readonly images: Objects;
  readonly annotations?: Objects;
  readonly categories?: Objects;
}

/** Whether a JSON value is what COCO's instances_*.json are. */
export function isCoco(value: unknown): value is Coco {
  if (!isObject(value)) return false;
  const { images, annotations = [], categories = [] } = value;
  return [images, annotations, categories].every((list) =>
    Array.isArray(list) && list.every(isObject)
  ) && (images as Objects).every((image) => typeof image.file_name === "string");
}

/**
 * A row an image: what COCO says of it, and its annotations' categories as the column "category" (a
 * list where an image has several kinds). Throws a CsnError for an annotation of an image or a
 * category that is not there.
 */
export function cocoObjects(
  file: string,
  { images, annotations = [], categories = [] }: Coco,
): JsonTable {
  const names = new Map(categories.map(({ id, name }) => [id, String(name)]));
  const found = new Map<unknown, Set<string>>(images.map(({ id }) => [id, new Set()]));
  for (const [at, { image_id, category_id }] of annotations.entries()) {
    const fail = (what: string) =>
      new CsnError(`Cannot read ${file}: annotation ${at + 1} is of ${what}, which is not there`);
    const of = found.get(image_id);
    if (of === undefined) throw fail(`image ${shown(image_id)}`);
    // Captions and keypoints of people have no category.
    if (category_id === undefined) continue;
    const name = names.get(category_id);
    if (name === undefined) throw fail(`category ${shown(category_id)}`);
    of.add(name);
  }
  if (names.size === 0) {
    return { objects: images, understood: [`COCO's ${images.length} images, without categories`] };
  }
  const isSingle = [...found.values()].every(({ size }) => size <= 1);
  const objects = images.map((image) => {
    const kinds = [...found.get(image.id)!].sort();
    return { ...image, category: isSingle ? kinds[0] ?? "" : kinds };
  });
  const understood =
    `COCO's ${images.length} images with ${annotations.length} annotations of ${names.size} categories: column "category" names those of each image`;
  return { objects, understood: [understood] };
}
