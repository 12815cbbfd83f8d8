import { preprocessingOf } from "../images/decode_image.ts";
import { sha256 } from "../files/sha256.ts";
import type { Network } from "../network/network.ts";
import type { StoredTensor } from "../tensor/safetensors.ts";
import { type ModelInfo, networkTensors, readModelFile } from "./model_file.ts";

/**
 * What decides a model's embeddings and masks, as one text: its weights, and how images become its
 * input. To calibrate it, or to copy its file, changes nothing.
 */
export async function modelFingerprint(
  { path, network }: { readonly path: string; readonly network: Network },
): Promise<string> {
  const file = await readModelFile(path);
  return fingerprintOf(file.info, networkTensors(file), network);
}

/** The same of a model in memory, whose file may have been replaced. */
export function fingerprintInMemory(
  { info, network }: { readonly info: ModelInfo; readonly network: Network },
): string {
  return fingerprintOf(info, network.toStored(), network);
}

function fingerprintOf(
  { notions, dimension, variant, imageSize, fit, normalisation }: ModelInfo,
  tensors: ReadonlyMap<string, StoredTensor>,
  { precision }: Network,
): string {
  const how = { notions, dimension, variant, imageSize, normalisation };
  const lines = [...tensors].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, { dtype, shape, bytes }]) => `${name} ${dtype} ${shape} ${sha256(bytes)}`);
  return sha256([preprocessingOf(fit), precision, JSON.stringify(how), ...lines].join("\n"));
}

/** The part of a fingerprint that names of tables have. */
export function versionOf(fingerprint: string): string {
  return fingerprint.slice(0, 12);
}
