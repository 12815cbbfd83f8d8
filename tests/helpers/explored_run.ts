/** The page of a tiny model in a run's folder, with a log of epochs and another run beside it. */
import { bundlePage } from "../../src/explore/bundle_page.ts";
import { exploreModel, type ExploreServer } from "../../src/explore/explore_server.ts";
import { type Explored, openExplored } from "../../src/explore/explored.ts";
import { join } from "../../src/files/paths.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { Model } from "../../src/model/model.ts";
import { writeModelFile } from "../../src/model/model_file.ts";
import { start } from "../../src/native/start.ts";
import { initialTensors, type NetworkShape } from "../../src/network/initialise.ts";
import { learnsMasks, type Variant } from "../../src/network/variant.ts";
import type { StoredTensor } from "../../src/tensor/safetensors.ts";
import { RunLog } from "../../src/training/run_log.ts";
import { epochRows } from "./epoch_rows.ts";
import { TemporaryFolder } from "./temporary_folder.ts";
import { writeValuedSet } from "./valued_set.ts";

/** Epochs that the run has when it is opened, of those that it is to have. */
export const [epochsDone, epochsPlanned] = [4, 6];

/** A dimension that no notion's learned mask lets through. */
export const unusedDimension = 6;

/** What is explored, its server and its folders. */
export interface ExploredRun extends AsyncDisposable {
  readonly explored: Explored;
  readonly server: ExploreServer;
  readonly origin: string;
  readonly token: string;
  /** The folder of the set. */
  readonly set: string;
  /** The folder of runs; the model's own is `own` in it, another `other`. */
  readonly runs: string;
  /** Trains another epoch, as far as its log shows. */
  readonly addEpoch: (epoch: number) => Promise<void>;
  /** Asks the server for JSON. */
  // deno-lint-ignore no-explicit-any
  readonly ask: (path: string, init?: RequestInit) => Promise<{ status: number; body: any }>;
}

/** Writes set, model and runs, and serves the page. */
export async function exploredRun(
  { variant = "learned", hasRun = true }: { variant?: Variant; hasRun?: boolean } = {},
): Promise<ExploredRun> {
  await start();
  const folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeValuedSet(set);
  const runs = join(folder.path, "runs");
  const own = join(runs, "own");
  await Deno.mkdir(own, { recursive: true });
  const model = await Model.load(await writeModel(own, set, variant));
  const masks = model.notions.map((notion) => [...model.mask(notion)]);
  const addEpoch = async (epoch: number) => {
    const row = epochRows(epoch)[epoch - 1];
    // The model is of the last epoch but one that is done when it is opened.
    const then = masks.map((mask) => mask.map((value) => value * epoch / (epochsDone - 1)));
    await new RunLog(own).append(
      { ...row, best: epoch === epochsDone - 1 },
      learnsMasks(variant) ? then : undefined,
    );
  };
  if (hasRun) {
    for (let epoch = 1; epoch <= epochsDone; epoch++) await addEpoch(epoch);
    await writeOther(join(runs, "other"));
  }
  const explored = await openExplored(model, { among: set });
  const server = exploreModel(explored, { page: await bundlePage(), port: 0 });
  const url = new URL(server.url);
  return {
    ...{ explored, server, set, runs, addEpoch },
    origin: url.origin,
    token: url.searchParams.get("token")!,
    ask: async (path, init) => {
      const response = await fetch(`${url.origin}${path}`, init);
      return { status: response.status, body: await response.json() };
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      model[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function writeModel(folder: string, data: string, variant: Variant): Promise<string> {
  const shape: NetworkShape = {
    notions: ["shape", "colour"],
    dimension: variant === "specialists" ? 16 : 8,
    variant,
  };
  const { notions } = shape;
  const config = { ...defaultConfig, name: "own", data, notions, variant, epochs: epochsPlanned };
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  const path = join(folder, "model_best.safetensors");
  const tensors = initialTensors(shape, 1);
  if (learnsMasks(variant)) withoutDimension(tensors.get("masks.weight")!);
  const normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;
  await writeModelFile(path, {
    info: {
      ...{ kind: "model", libtorch: "2.13.0", ...shape, imageSize: 16, normalisation },
      config: { ...config, dimension: 8 },
      epoch: epochsDone - 1,
      accuracy: 0.5,
    },
    tensors,
  });
  return path;
}

/** ReLU keeps the dimension out of every mask. */
function withoutDimension({ bytes, shape: [notions, dimension] }: StoredTensor): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let row = 0; row < notions; row++) {
    view.setFloat32(4 * (row * dimension + unusedDimension), -1, true);
  }
}

/** A run that is finished, of other notions and of one that the model has. */
async function writeOther(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  const config = { variant: "standard", notions: ["shape", "colour"], epochs: 3 };
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
  for (const row of epochRows(3)) await new RunLog(folder).append(row);
}
