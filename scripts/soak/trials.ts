/** Commands on tiny sets, and what they make: to be killed, or run on machines that fail. */
import { createHash } from "node:crypto";
import { readModelFile } from "../../src/model/model_file.ts";
import { exists, removeAll } from "../../src/files/exists.ts";
import { join } from "../../src/files/paths.ts";
import { run } from "../gpu/run_program.ts";
import { filesBelow } from "../gpu/archive.ts";
import { type CliResult, runCli } from "../../tests/helpers/run_cli.ts";
import { writeTinySet } from "../../tests/helpers/tiny_set.ts";

/** A command that is tried. */
export interface Trial {
  readonly name: string;
  /** Its arguments in a folder. */
  readonly args: (folder: string) => string[];
  /** Its arguments after it was broken off, where they are others. */
  readonly again?: (folder: string) => Promise<string[]>;
  /** What it makes there, by name: the same each time, to the bit. */
  readonly results: (folder: string) => Promise<Readonly<Record<string, string>>>;
  /** Whether this end of a command says that all is done already. */
  readonly isDone?: (end: CliResult) => boolean;
  /** Whether it takes minutes, so that it is tried a twentieth of the times. */
  readonly isLong?: boolean;
}

/** One thread: sums in another order would be others. */
const small = [
  ...["--image-size", "16", "--batch-size", "8", "--lr", "5e-4", "--dim-embed", "8"],
  ...["--threads", "1", "--device", "cpu"],
];

const set = (folder: string) => join(folder, "set");
const model = (folder: string) => join(folder, "runs", "ready", "model_best");

const train: Trial = {
  name: "train",
  args: (folder) => [
    ...["train", "--data", set(folder), "--runs", join(folder, "runs"), "--name", "new"],
    ...["--learned", "--num-traintriplets", "96", "--epochs", "3", "--save-every", "0", ...small],
  ],
  again: async (folder) => {
    const checkpoint = join(folder, "runs", "new", "checkpoint");
    if (await exists(`${checkpoint}.safetensors`)) {
      return ["train", "--resume", checkpoint, "--threads", "1"];
    }
    const best = join(folder, "runs", "new", "model_best.safetensors");
    return [...train.args(folder), ...(await exists(best) ? ["--overwrite"] : [])];
  },
  isDone: ({ stderr }) => /finished epoch 3 of 3/.test(stderr),
  results: async (folder) => {
    const { tensors, info } = await readModelFile(join(folder, "runs", "new", "model_best"));
    const metrics = (await Deno.readTextFile(join(folder, "runs", "new", "metrics.jsonl")))
      .replace(/"(seconds|tripletsPerSecond)":[^,}]+/g, "");
    const weights = [...tensors].map(([name, { bytes }]) => [name, digest(bytes)]);
    return { ...Object.fromEntries(weights), epoch: String(info.epoch), metrics };
  },
};

const makeTriplets: Trial = {
  name: "make-triplets",
  args: (folder) => [
    ...["make-triplets", "--images", join(folder, "set", "images")],
    ...["--attributes", join(folder, "table.csv"), "--out", join(folder, "made"), "--copy"],
    ...["--triplets", "300,100,100"],
    ...["--notion", "colour", "shape"],
  ],
  isDone: ({ stderr }) => /made: there is something already/.test(stderr),
  results: (folder) => filesOf(join(folder, "made")),
};

const embed: Trial = {
  name: "embed",
  args: (folder) => [
    ...["embed", "--resume", model(folder), "--out", join(folder, "made.npy"), "--threads", "1"],
    ...["--device", "cpu", join(folder, "set", "images")],
  ],
  again: (folder) => Promise.resolve([...embed.args(folder), "--overwrite"]),
  results: async (folder) => ({
    vectors: digest(await Deno.readFile(join(folder, "made.npy"))),
    names: await Deno.readTextFile(join(folder, "made.npy.names.txt")),
  }),
};

const report: Trial = {
  name: "report",
  args: (folder) => [
    ...["report", "--resume", model(folder), "--out", join(folder, "page", "made.html")],
    ...["--threads", "1", "--device", "cpu"],
  ],
  again: (folder) => Promise.resolve([...report.args(folder), "--overwrite"]),
  results: (folder) => filesOf(join(folder, "page")),
};

const compare: Trial = {
  name: "compare",
  args: (folder) => [
    ...["compare", "--data", set(folder), "--runs", join(folder, "runs"), "--name", "compared"],
    ...["--variants", "fixed", "learned", "--seeds", "2", "--triplets", "32", "--epochs", "2"],
    ...["--save-every", "0", ...small],
  ],
  results: async (folder) => {
    const text = await Deno.readTextFile(join(folder, "runs", "compared", "compare.json"));
    const found = JSON.parse(text, (key, value) => /seconds/i.test(key) ? undefined : value);
    return { "compare.json": JSON.stringify(found) };
  },
};

const getData: Trial = {
  name: "get-data",
  isLong: true,
  args: (folder) => [
    ...["get-data", "fonts", "--out", join(folder, "made"), "--image-size", "16"],
    ...["--triplets", "300,100,100"],
  ],
  results: (folder) => filesOf(join(folder, "made")),
};

/** All of them; drawing the fonts takes longest. */
export const trials: readonly Trial[] = [makeTriplets, embed, report, compare, train, getData];

/** How often each of some is tried, of so many times in all. */
export function shares(some: readonly Trial[], count: number): number[] {
  const long = some.filter(({ isLong }) => isLong).length;
  const rest = count - long * Math.floor(count / 20);
  let place = 0;
  return some.map(({ isLong }) =>
    isLong ? Math.floor(count / 20) : Math.floor((rest + place++) / (some.length - long))
  );
}

/**
 * A folder in which each trial begins as every other: a set, a table of its images, a trained
 * model.
 */
export class Stage implements AsyncDisposable {
  readonly #ready: string;
  /** Where commands work; always the same path, which stands in what they make. */
  readonly folder: string;

  private constructor(root: string) {
    this.#ready = join(root, "ready");
    this.folder = join(root, "work");
  }

  static async make(): Promise<Stage> {
    const stage = new Stage(await Deno.makeTempDir({ prefix: "csn-soak-" }));
    const { folder } = stage;
    await writeTinySet(join(folder, "set"), { triplets: 64 });
    const rows = Array.from(
      { length: 36 },
      (_, i) => `${i}.png,${"rgb"[i % 3]},${i % 2 ? "round" : "long"}\n`,
    );
    await Deno.writeTextFile(join(folder, "table.csv"), `image,colour,shape\n${rows.join("")}`);
    const args = train.args(folder).map((arg) => arg === "new" ? "ready" : arg);
    const { code, stderr } = await runCli(args, { env: quiet });
    if (code !== 0) throw new Error(`the model of the soak cannot be trained: ${stderr}`);
    await Deno.rename(folder, stage.#ready);
    return stage;
  }

  /** Begins anew. */
  async reset(): Promise<void> {
    await removeAll(this.folder);
    // With times, inodes aside: packs are found to be right by reading their images.
    await run("cp", ["-a", this.#ready, this.folder]);
  }

  /**
   * The files there, or those of `some`; packs apart, which know the numbers of files on the disk.
   */
  async files(some?: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const all = Object.entries(await filesOf(this.folder));
    return Object.fromEntries(
      all.filter(([file]) =>
        !/\.pack(\.json)?$/.test(file) && (some === undefined || Object.hasOwn(some, file))
      ),
    );
  }

  /** Files that commands make on their way and should not leave. */
  leftovers(): string[] {
    return filesBelow(this.folder).filter((file) => /\.(part|lock|tmp)(\.|\/|$)/.test(file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeAll(join(this.folder, ".."));
  }
}

/** Threads that wait must not take the machine from what is tried beside them. */
export const quiet = { OMP_NUM_THREADS: "1" };

async function filesOf(folder: string): Promise<Record<string, string>> {
  const files = filesBelow(folder);
  const contents = await Promise.all(files.map((file) => Deno.readFile(join(folder, file))));
  return Object.fromEntries(files.map((file, at) => [file, digest(contents[at])]));
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The first of the results that is not as it should be; null when all are. */
export function firstDifference(
  found: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): string | null {
  const names = new Set([...Object.keys(right), ...Object.keys(found)]);
  for (const name of names) {
    if (found[name] === right[name]) continue;
    if (found[name] === undefined) return `${name} is missing`;
    if (right[name] === undefined) return `${name} should not be there`;
    return `${name} is another`;
  }
  return null;
}
