import { preprocessingOf } from "../images/decode_image.ts";
import { sha256 } from "../files/sha256.ts";
import type { Model } from "./model.ts";
import { networkTensors, readModelFile } from "./model_file.ts";

/**
 * What decides a model's embeddings and masks, as one text: its weights, and how images become its
 * input. To calibrate it, or to copy its file, changes nothing.
 */
export async function modelFingerprint(model: Model): Promise<string> {
  const file = await readModelFile(model.path);
  const { notions, dimension, variant, imageSize, fit, normalisation } = file.info;
  const how = { notions, dimension, variant, imageSize, normalisation };
  const tensors = [...networkTensors(file)].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, { dtype, shape, bytes }]) => `${name} ${dtype} ${shape} ${sha256(bytes)}`);
  return sha256(
    [preprocessingOf(fit), model.network.precision, JSON.stringify(how), ...tensors].join("\n"),
  );
}

/** The part of a fingerprint that names of tables have. */
export function versionOf(fingerprint: string): string {
  return fingerprint.slice(0, 12);
}
