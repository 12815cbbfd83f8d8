import { type ImageSet, openImageSet } from "../sets/image_set.ts";
import { CsnError } from "../base/errors.ts";
import type { ModelFile } from "./model_file.ts";
import { notionsOnSet } from "./model_on_set.ts";

/**
 * Opens the set that a model is used on: the one it was trained on, or `data`. Throws a CsnError,
 * "Cannot <attempt> <model> on <set>", when the set lacks a notion that the model was trained on.
 */
export async function openSetOf(
  { path, info }: ModelFile,
  attempt: string,
  data?: string,
): Promise<ImageSet> {
  const set = await openImageSet(data ?? info.config.data);
  const unknown = notionsOnSet(info, set).filter((notion) => !set.notions.includes(notion));
  if (unknown.length === 0) return set;
  throw new CsnError(
    `Cannot ${attempt} ${path} on ${set.folder}: the model's notions are ${
      info.notions.join(", ")
    }, the set has ${set.notions.join(", ")}; pass \`data\` with a set that has ${
      unknown.join(", ")
    }`,
  );
}
