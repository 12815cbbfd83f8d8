/** Several processes that train together, beside one with all their threads. */
import { fromFileUrl, join } from "../../src/files/paths.ts";
import { compared, type Comparison, inTurn } from "./comparison.ts";
import { Partner } from "./partner.ts";
import { type BenchOptions, scaled } from "./setting.ts";
import { startWork } from "./work_partner.ts";

/** Steps of 64 triplets in one timed run at 112 pixels. */
const stepsAt112 = 2;

/** Sums of gradients in one timed run. */
const passesARun = 20;

/** Processes that train together, as partners that are asked at once. */
class Ranks implements AsyncDisposable {
  readonly #partners: readonly Partner[];
  readonly #folder: string;

  private constructor(partners: readonly Partner[], folder: string) {
    this.#partners = partners;
    this.#folder = folder;
  }

  static async start(
    count: number,
    size: number,
    options: BenchOptions & { readonly bucketBytes?: number },
  ): Promise<Ranks> {
    const folder = await Deno.makeTempDir({ prefix: "csn-bench-" });
    const partners = await Promise.all(
      Array.from({ length: count }, (_, rank) =>
        Partner.start({
          command: Deno.execPath(),
          args: [
            ...["run", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-ffi"],
            ...["--allow-sys", "--allow-run=python3,c++"],
            fromFileUrl(new URL("rank_process.ts", import.meta.url)),
            JSON.stringify({ ...options, size, notice: undefined }),
          ],
          env: {
            ...{ RANK: String(rank), WORLD_SIZE: String(count), LOCAL_RANK: String(rank) },
            ...{ LOCAL_WORLD_SIZE: String(count), CSN_STORE: join(folder, "store") },
          },
        })),
    );
    return new Ranks(partners, folder);
  }

  /** Asks all of them for the same; returns the seconds of the slowest. */
  async seconds(request: Readonly<Record<string, unknown>>): Promise<number> {
    return Math.max(...await Promise.all(this.#partners.map((each) => each.seconds(request))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#partners.map((each) => each[Symbol.asyncDispose]()));
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** How many train together. */
const processes = 2;

/** More bytes than all gradients: they are sent at once, when the last of them is computed. */
const inOneBucket = { bucketBytes: 2 ** 40 };

/**
 * Measures training at each size: two processes with half the threads and half of each batch,
 * against one process with all, against two that send no gradients before all are computed, and
 * against two that sum none; then what the sum takes.
 */
export async function compareProcesses(options: BenchOptions): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const size of options.sizes) found.push(...await compareAt(size, options));
  return [...found, await compareSums(options)];
}

async function compareAt(size: number, options: BenchOptions): Promise<Comparison[]> {
  const { batchSize, repeats, threads } = options;
  const steps = scaled(stepsAt112 * 64 / batchSize, size, options);
  options.notice(`${processes} processes at ${size} pixels, ${steps} steps a run`);
  await using one = await startWork("train", size, options);
  await using ranks = await Ranks.start(processes, size, partOf(options));
  await using patient = await Ranks.start(processes, size, { ...partOf(options), ...inOneBucket });
  const speed = (seconds: number) => steps * batchSize / seconds;
  const together = async () => speed(await ranks.seconds({ steps }));
  const others = [
    async () => speed(await one.seconds({ steps })),
    async () => speed(await patient.seconds({ steps })),
    async () => speed(await ranks.seconds({ steps, apart: true })),
  ];
  for (const warmUp of [together, ...others]) await warmUp();
  const pairs = await inTurn(repeats, together, others);
  const names = [
    `1 process, threads ${threads}`,
    `${processes} with one sum at the end`,
    `${processes} apart`,
  ];
  return names.map((against, i) =>
    compared({
      item: "processes",
      work: `training, ${size} px, batch ${batchSize}`,
      against,
      unit: "triplets/s",
    }, pairs[i])
  );
}

/** All parameters of the network, whose size no image changes. */
async function compareSums(options: BenchOptions): Promise<Comparison> {
  options.notice("sums of gradients");
  await using ranks = await Ranks.start(processes, 32, partOf(options));
  const milliseconds = async (apart: boolean) =>
    1000 * await ranks.seconds({ passes: passesARun, apart }) / passesARun;
  await milliseconds(false);
  const [pairs] = await inTurn(
    options.repeats,
    () => milliseconds(false),
    [() => milliseconds(true)],
  );
  const work = "gradients that cost nothing, summed";
  return compared({ item: "processes", work, against: "not summed", unit: "ms" }, pairs);
}

/** What each process gets. */
function partOf(options: BenchOptions): BenchOptions {
  return {
    ...options,
    batchSize: Math.ceil(options.batchSize / processes),
    threads: Math.max(1, Math.floor(options.threads / processes)),
  };
}
