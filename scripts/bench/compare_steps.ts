/** Training steps of csn and of PyTorch in turn, timed on one machine. */
import type { Batch } from "../../src/data/batches.ts";
import { CsnError } from "../../src/errors.ts";
import { Adam } from "../../src/network/adam.ts";
import { initialTensors, type NetworkShape } from "../../src/network/initialise.ts";
import { Network } from "../../src/network/network.ts";
import type { Precision } from "../../src/network/placement.ts";
import { join } from "../../src/paths.ts";
import { randomUint32 } from "../../src/random.ts";
import { reshape } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { type StepSetting, trainStep } from "../../src/training/train_step.ts";
import { programs } from "./pytorch.ts";

/** What is measured. */
export interface StepOptions {
  readonly imageSize: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly repeats: number;
  readonly threads: number;
  /** Of csn; PyTorch computes in float32. */
  readonly precision: Precision;
  /** Folder from which python3 imports PyTorch. */
  readonly pythonPath: string;
}

/** Speed beside one variant of PyTorch. */
export interface Comparison {
  readonly imageSize: number;
  readonly batchSize: number;
  readonly variant: Variant;
  /** Medians, in triplets a second. */
  readonly csn: number;
  readonly pytorch: number;
  /** csn's speed over PyTorch's, of each pair of runs one after the other. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number };
}

type Variant = "eager" | "tuned";

const shape: NetworkShape = { notions: ["0", "1", "2", "3"], dimension: 64, masks: "learned" };
const images = 1000;

/** Compares with both variants; all three stay loaded and take turns, so that noise hits them alike. */
export async function compareSteps(options: StepOptions): Promise<Comparison[]> {
  const variants: Variant[] = ["eager", "tuned"];
  using made = new DisposableStack();
  const setting = makeSetting(options, made);
  const partners: Partner[] = [];
  try {
    for (const variant of variants) partners.push(await Partner.start(variant, options));
    await csnSeconds(setting, options, 3);
    const rows: { csn: number; pytorch: number[] }[] = [];
    for (let repeat = 0; repeat < options.repeats; repeat++) {
      const csn = await csnSeconds(setting, options, options.steps);
      const pytorch: number[] = [];
      for (const partner of partners) pytorch.push(await partner.seconds(options.steps));
      rows.push({ csn, pytorch });
    }
    return variants.map((variant, i) =>
      summary(variant, options, rows.map(({ csn, pytorch }) => [csn, pytorch[i]]))
    );
  } finally {
    for (const partner of partners) await partner.stop();
  }
}

function summary(variant: Variant, options: StepOptions, pairs: number[][]): Comparison {
  const { imageSize, batchSize } = options;
  const triplets = options.steps * batchSize;
  const ratios = pairs.map(([csn, pytorch]) => pytorch / csn);
  return {
    imageSize,
    batchSize,
    variant,
    csn: triplets / median(pairs.map(([csn]) => csn)),
    pytorch: triplets / median(pairs.map(([, pytorch]) => pytorch)),
    ratio: { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) },
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function makeSetting({ imageSize, precision }: StepOptions, made: DisposableStack): StepSetting {
  const network = made.use(
    new Network(shape, initialTensors(shape, 1), { device: "cpu", precision }),
  );
  const bytes = Uint8Array.from(
    { length: images * imageSize * imageSize * 3 },
    (_, i) => (i * 2654435761) >>> 24,
  );
  return {
    network,
    optimiser: made.use(new Adam(network.parameters())),
    pack: made.use(scope(() => reshape(Tensor.from(bytes), [images, imageSize, imageSize, 3]))),
    normalisation: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    weights: { margin: 0.2, embedding: 5e-3, mask: 5e-4 },
  };
}

let batches = 0;

async function csnSeconds(
  setting: StepSetting,
  { batchSize }: StepOptions,
  steps: number,
): Promise<number> {
  const began = performance.now();
  for (let step = 0; step < steps; step++) {
    await trainStep(setting, randomBatch(batches++, batchSize), 5e-5);
  }
  return (performance.now() - began) / 1000;
}

function randomBatch(index: number, size: number): Batch {
  return {
    index,
    size,
    images: Uint32Array.from({ length: 3 * size }, (_, i) => randomUint32(1, index, i) % images),
    notion: Uint8Array.from({ length: size }, (_, i) => i % shape.notions.length),
    flips: new Uint8Array(3 * size),
  };
}

/** A running step_speed.py. */
class Partner {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #pending = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async start(variant: Variant, options: StepOptions): Promise<Partner> {
    const child = new Deno.Command("python3", {
      env: { PYTHONPATH: options.pythonPath },
      args: [
        join(programs, "step_speed.py"),
        ...["--variant", variant],
        ...["--batch-size", String(options.batchSize)],
        ...["--image-size", String(options.imageSize)],
        ...["--threads", String(options.threads)],
        ...["--images", String(images)],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const partner = new Partner(child);
    await partner.#line();
    return partner;
  }

  async seconds(steps: number): Promise<number> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify({ steps }) + "\n"));
    return JSON.parse(await this.#line()).seconds;
  }

  async stop(): Promise<void> {
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }

  async #line(): Promise<string> {
    while (!this.#pending.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new CsnError("Cannot time PyTorch: its program ended; its message is above");
      this.#pending += value;
    }
    const end = this.#pending.indexOf("\n");
    const line = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end + 1);
    return line;
  }
}
