import { likeness } from "../sets/make/notions/likeness.ts";
import type { ExploredImages } from "./explored_images.ts";
import type { ImageInfo } from "./protocol.ts";

/** By notion of the model: the value of an image as it is known, else "". */
export function valuesOf({ model, values }: ExploredImages, index: number): string[] {
  return model.notions.map((notion) => values?.texts.get(notion)?.[index] ?? "");
}

/** By notion of the model: whether two images are alike; null where that is not known. */
export function alikeBy(
  { model, values }: ExploredImages,
  a: number | null,
  b: number,
): (boolean | null)[] {
  return model.notions.map((notion) => {
    const attribute = values?.attributes.get(notion);
    if (attribute === undefined || a === null) return null;
    const like = likeness(attribute, a, b);
    return like === "not compared" ? null : like === "alike";
  });
}

/** An image and what is known of it. */
export function imageInfo(explored: ExploredImages, index: number): ImageInfo {
  return { index, name: explored.embeddings.names[index], values: valuesOf(explored, index) };
}
