/** A model file of an untrained network, for tests of what is done with models. */
import { initialTensors, type NetworkShape } from "../../src/network/initialise.ts";
import { join } from "../../src/files/paths.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { writeModelFile } from "../../src/model/model_file.ts";

const shape: NetworkShape = { notions: ["shape", "colour"], dimension: 8, variant: "fixed" };

/** Writes `folder`/model.safetensors, 16-pixel images to 8 dimensions; returns its path. */
export async function writeTinyModel(folder: string, seed = 1): Promise<string> {
  const path = join(folder, "model.safetensors");
  await writeModelFile(path, {
    info: {
      kind: "model",
      libtorch: "2.13.0",
      ...shape,
      imageSize: 16,
      normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      config: { ...defaultConfig, data: folder, notions: shape.notions },
      epoch: 1,
      accuracy: 0.5,
    },
    tensors: initialTensors(shape, seed),
  });
  return path;
}
