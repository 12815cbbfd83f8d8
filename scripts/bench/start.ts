/**
 * Time from a command to its first work, of csn's commands and of Python programs that do the same.
 */
import { projectFolder, runPath } from "../../src/cli/paths.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { preparePack } from "../../src/sets/pack/pack.ts";
import { CsnError } from "../../src/base/errors.ts";
import { openedParts } from "../../src/native/library.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { join } from "../../src/files/paths.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { writeModelFile } from "../../src/model/model_file.ts";
import { compared, type Comparison, inTurn } from "./comparison.ts";
import { writeFileSet } from "./image_files.ts";
import type { Command } from "./partner.ts";
import { pythonProgram } from "./pytorch.ts";
import { benchNormalisation, type BenchOptions, benchShape } from "./setting.ts";

/**
 * Fewer than are embedded at a time: `test` has done all when it has done its first batch, and says
 * so.
 */
const images = 200;

/** Measures `train` and `test` at the smallest size, on a set that is packed. */
export async function compareStarts(options: BenchOptions): Promise<Comparison[]> {
  const size = Math.min(...options.sizes);
  options.notice(`starts at ${size} pixels`);
  const folder = await Deno.makeTempDir({ prefix: "csn-bench-" });
  const name = `bench-${Deno.pid}`;
  try {
    const triplets = { train: 2 * options.batchSize, val: 4, test: 400 };
    await writeFileSet(folder, { images, triplets });
    await preparePack(await openImageSet(folder), size);
    const model = join(folder, "model.safetensors");
    await writeModel(model, folder, size);
    return [
      await compareCommands(
        "train to its first step",
        trainCommands(folder, name, size, options),
        options,
      ),
      await compareCommands(
        "test to its first batch",
        testCommands(folder, model, size, options),
        options,
      ),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(runPath(name), { recursive: true }).catch(() => {});
  }
}

/**
 * Two commands, and what csn prints when its first work is done; the other prints nothing before.
 */
interface Commands {
  readonly csn: Command;
  readonly done: RegExp;
  readonly pytorch: Command;
}

async function compareCommands(
  work: string,
  { csn, done, pytorch }: Commands,
  { repeats }: BenchOptions,
): Promise<Comparison> {
  // The first of each reads its files from the disk.
  await secondsUntil(csn, done);
  await secondsUntil(pytorch, /"done"/);
  const [pairs] = await inTurn(
    repeats,
    () => secondsUntil(csn, done),
    [() => secondsUntil(pytorch, /"done"/)],
  );
  return compared({ item: "start", work, against: "eager", unit: "s" }, pairs);
}

function trainCommands(
  folder: string,
  name: string,
  size: number,
  options: BenchOptions,
): Commands {
  const { batchSize, threads, placement } = options;
  return {
    csn: csnCommand("train", {
      data: folder,
      name,
      "image-size": size,
      "batch-size": batchSize,
      "num-traintriplets": 2 * batchSize,
      epochs: 1,
      "log-interval": 1,
      threads,
      ...placement,
    }, ["--learned", "--json", "--overwrite"]),
    done: /"type":"step"/,
    pytorch: pythonProgram(options.python, "first_batch.py", {
      data: folder,
      "image-size": size,
      "batch-size": batchSize,
      threads,
      device: placement.device,
    }),
  };
}

function testCommands(
  folder: string,
  model: string,
  size: number,
  options: BenchOptions,
): Commands {
  const { threads, placement } = options;
  return {
    csn: csnCommand("test", { resume: model, threads, ...placement }),
    done: /Embedding images/,
    pytorch: pythonProgram(options.python, "first_batch.py", {
      data: folder,
      model,
      "image-size": size,
      "batch-size": images,
      threads,
      device: placement.device,
    }),
  };
}

/** A command as users type it. */
function csnCommand(
  task: string,
  options: Readonly<Record<string, string | number>>,
  flags: readonly string[] = [],
): Command {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return { command: Deno.execPath(), args: ["task", task, ...args, ...flags] };
}

async function writeModel(path: string, data: string, imageSize: number): Promise<void> {
  await writeModelFile(path, {
    info: {
      kind: "model",
      libtorch: openedParts().libtorchVersion,
      ...benchShape,
      imageSize,
      normalisation: benchNormalisation,
      config: { ...defaultConfig, ...benchShape, data, imageSize },
      epoch: 1,
      accuracy: 0.5,
    },
    tensors: initialTensors(benchShape, 1),
  });
}

/**
 * Starts a command and waits for its end; returns the seconds until it printed `pattern` on either
 * stream.
 */
async function secondsUntil({ command, args, env }: Command, pattern: RegExp): Promise<number> {
  const began = performance.now();
  const child = new Deno.Command(command, {
    args: [...args],
    env: { ...env, NO_COLOR: "1" },
    cwd: projectFolder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let seconds: number | null = null;
  let seen = "";
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      seen += text;
      if (seconds === null && pattern.test(seen)) seconds = (performance.now() - began) / 1000;
    }
  };
  await Promise.all([read(child.stdout), read(child.stderr)]);
  const { success } = await child.status;
  if (success && seconds !== null) return seconds;
  throw new CsnError(`Cannot time ${command} ${args.join(" ")}: it printed ${seen.slice(-1000)}`);
}
