import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { openImageSet } from "../sets/image_set.ts";
import { makeFontsSet } from "../sets/fonts/make_fonts_set.ts";
import { defaultConfig } from "../model/config.ts";
import { speakFor } from "./command_words.ts";
import { dataFolder, projectFolder, runPath, shownPath } from "./paths.ts";
import { runTest, testCommand } from "./test.ts";
import { trainCommand } from "./train.ts";
import type { TrainFlags } from "./train_options.ts";
import { startRun } from "./train_run.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";
import { modelPath, readModelFile } from "../model/model_file.ts";
import { existsSync } from "../files/exists.ts";
import { join } from "../files/paths.ts";
import { shellWord } from "../base/shell_word.ts";

const name = "demo";

/** The demo's settings: small images and few triplets, so that two cores need a few minutes. */
const flags: TrainFlags = {
  data: "fonts",
  name,
  learned: true,
  imageSize: 32,
  numTraintriplets: 16_000,
  batchSize: 64,
  lr: 5e-4,
  epochs: 2,
  seed: 1,
  startEpoch: 1,
  margin: defaultConfig.margin,
  embedLoss: defaultConfig.embedLoss,
  maskLoss: defaultConfig.maskLoss,
  dimEmbed: defaultConfig.dimension,
  device: "auto",
  cuda: true,
  precision: "auto",
  sampler: "triplets",
  logInterval: 50,
  saveEvery: 10,
  visdomServer: "http://127.0.0.1",
  visdomPort: 8097,
};

const trainCommandLine =
  `deno task train --data fonts --learned --name ${name} --image-size ${flags.imageSize} --num-traintriplets ${flags.numTraintriplets} --batch-size ${flags.batchSize} --lr ${flags.lr} --epochs ${flags.epochs}`;

/**
 * `demo`: everything once, from set-up to a tested model; a second run repeats nothing that is
 * done.
 */
export function demoCommand(): CommandUnknownOpts {
  return new Command("demo")
    .description("set csn up, make the fonts set, train on it and test: a few minutes on two cores")
    .option("--verbose", "show where an error came from")
    .action(runDemo);
}

async function runDemo(): Promise<void> {
  step(1, "Set up libtorch and the shim", "deno task setup");
  await startNative();
  step(
    2,
    "Make the fonts set: characters of real typefaces, compared by four notions",
    "deno task get-data fonts",
  );
  await makeFonts();
  if (Deno.exitCode !== 0) return;
  step(3, "Train a network with learned masks", trainCommandLine);
  speakFor(trainCommand());
  await trainUnlessDone();
  if (Deno.exitCode !== 0) return;
  const model = shellWord(shownPath(join(runPath(name), "model_best")));
  step(
    4,
    "Test the best model on triplets of images it has never seen",
    `deno task test --resume ${model}`,
  );
  speakFor(testCommand());
  await runTest({ resume: join(runPath(name), "model_best"), split: "test" });
  if (Deno.exitCode !== 0) return;
  console.log(await whatNext(model));
}

async function makeFonts(): Promise<void> {
  using listener = terminalListener();
  const stopped = "no set was made; the same command begins again";
  await runStoppable(listener, stopped, async (signal) => {
    const options = { listener, signal };
    const { made, images, families } = await makeFontsSet(dataFolder("fonts"), options);
    listener.line(`${images} images of ${families} families${made ? "" : ", there already"}`);
  });
}

function step(number: number, what: string, command: string): void {
  console.log(`\n[${number}/4] ${what}\n      $ ${command}`);
}

/** Trains; goes on where an earlier demo stopped, and does nothing when it had finished. */
async function trainUnlessDone(): Promise<void> {
  const checkpoint = modelPath(runPath(name), "checkpoint");
  if (!existsSync(checkpoint)) {
    // What an interrupted demo left without a checkpoint is begun anew.
    return await startRun({ ...flags, overwrite: true }, new Set());
  }
  const { info } = await readModelFile(checkpoint);
  if (info.state!.epoch > info.config.epochs) {
    console.log(
      `It was trained already: ${shownPath(runPath(name))}; remove that folder to train again.`,
    );
    return;
  }
  await startRun({ ...flags, resume: checkpoint }, new Set());
}

async function whatNext(model: string): Promise<string> {
  const set = await openImageSet(dataFolder("fonts"));
  const folder = shellWord(shownPath(set.imageFolder));
  const image = shellWord(shownPath(join(set.imageFolder, set.imageFiles[0])));
  return [
    "",
    "What to try next:",
    `  the nearest images by another notion: deno task query --resume ${model} --notion weight --among ${folder} ${image}`,
    `  embeddings for other programs: deno task embed --resume ${model} --out fonts.npy ${
      shellWord(shownPath(set.folder))
    }`,
    `  more training, with plots (needs a visdom server): deno task train --resume ${
      shellWord(shownPath(join(runPath(name), "checkpoint")))
    } --epochs 6 --visdom`,
    `  your own images: README.md in ${projectFolder}`,
  ].join("\n");
}
