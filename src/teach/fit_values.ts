import { CsnError } from "../base/errors.ts";
import type { Attribute } from "../sets/attribute.ts";
import { isKnown } from "../sets/attribute.ts";
import type { Embeddings } from "../search/embeddings.ts";
import {
  fewestAnswers,
  type FitNotionOptions,
  fitParts,
  type FittedNotion,
  type PartedAnswers,
} from "./fit_notion.ts";
import { valueTriplets } from "./value_triplets.ts";

/** How a notion is fitted to values. */
export interface FitValuesOptions extends FitNotionOptions {
  /** Triplets that are drawn at most. @default {2000} */
  readonly triplets?: number;
}

/**
 * Fits a notion to values, one of each embedding, "" or NaN where it is not known: triplets are
 * drawn from them as `makeTriplets` does, and `fitNotion` says the rest. The accuracy is of images
 * that the weights have not seen, where each fifth of the images gives triplets of its own. Throws a
 * CsnError where fewer than 20 triplets can be drawn.
 *
 * @example Teach a notion from labels
 * ```ts
 * import { embedFolder, Model, start } from "@csn/csn";
 * import { fitValues } from "@csn/csn/teach";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await embedFolder(model, "photos");
 * const labels = new Map(images.names.slice(0, 30).map((name, i) => [name, `label ${i % 3}`]));
 * const values = images.names.map((name) => labels.get(name) ?? "");
 * const { verdict } = fitValues(images, { kind: "categorical", values }, { masks: model.masks });
 * console.log(verdict);
 * ```
 */
export function fitValues(
  embeddings: Embeddings,
  attribute: Attribute,
  options: FitValuesOptions = {},
): FittedNotion {
  return fitParts(embeddings, drawnAnswers(embeddings, attribute, options), options);
}

/** Triplets that values give, dealt to parts. Throws as `fitValues`. */
export function drawnAnswers(
  embeddings: Embeddings,
  attribute: Attribute,
  options: FitValuesOptions,
): PartedAnswers {
  const { triplets: count = 2000, seed = 1, groups } = options;
  const { names, vectors, dimension } = embeddings;
  if (attribute.values.length !== names.length) {
    throw new CsnError(
      `Cannot fit a notion to ${attribute.values.length} values: there are ${names.length} embeddings, and each needs one ("" or NaN where it is not known)`,
    );
  }
  const images = Uint32Array.from(names.keys()).filter((row) =>
    isKnown(attribute, row) && !Number.isNaN(vectors[row * dimension])
  );
  const unitOf = (image: number) => groups === undefined ? image : groups[image];
  const drawn = valueTriplets(attribute, images, { count, seed, unitOf });
  if (drawn.triplets.length / 3 < fewestAnswers || drawn.parts < 3) {
    throw new CsnError(
      `Cannot fit a notion to the values of ${images.length} images: they give ${
        drawn.triplets.length / 3
      } triplets of one image, one that is alike and one that is not, and ${fewestAnswers} are needed; give values of more images`,
    );
  }
  return { ...drawn, units: drawn.triplets.map(unitOf) };
}
