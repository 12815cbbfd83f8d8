/** A model file of an untrained network, for tests of what is done with models. */
import { initialTensors, type NetworkShape } from "../../src/network/initialise.ts";
import { join } from "../../src/files/paths.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { readModelFile, writeModelFile } from "../../src/model/model_file.ts";
import { addNotion } from "../../src/teach/add_notion.ts";
import { fitNotion } from "../../src/teach/fit_notion.ts";
import { plantNotion } from "./planted_notion.ts";

const shape: NetworkShape = { notions: ["shape", "colour"], dimension: 8, variant: "fixed" };

/** Writes `folder`/model.safetensors, 16-pixel images to 8 dimensions; returns its path. */
export async function writeTinyModel(
  folder: string,
  seed = 1,
  { variant }: Pick<NetworkShape, "variant"> = shape,
): Promise<string> {
  const path = join(folder, "model.safetensors");
  await writeModelFile(path, {
    info: {
      kind: "model",
      libtorch: "2.13.0",
      ...shape,
      variant,
      imageSize: 16,
      normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      config: { ...defaultConfig, data: folder, notions: shape.notions },
      epoch: 1,
      accuracy: 0.5,
    },
    tensors: initialTensors({ ...shape, variant }, seed),
  });
  return path;
}

/** Writes `folder`/taught.safetensors: the tiny model at `path` with one more notion, "elegance". */
export async function writeTaughtModel(folder: string, path: string): Promise<string> {
  const { embeddings, triplets } = plantNotion([2, 5]);
  const fit = fitNotion(embeddings, triplets);
  const added = { notion: "elegance", fit, from: "triplets", seed: 1 } as const;
  return await addNotion(await readModelFile(path), added, { out: join(folder, "taught") });
}
