/** Processes of a program that compute together, as their launchers would start them. */
import { fromFileUrl, join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** How one of the processes ended. */
export interface RankEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is started. */
export interface Ranks {
  /** A file of this folder. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Processes that are told of; by default all of them are started. */
  readonly world: number;
  readonly started?: number;
  /** Variables of one rank, beside those of its place. */
  readonly env?: (rank: number) => Record<string, string>;
  /** Called when all are started. */
  readonly watch?: (running: readonly RunningRank[]) => void | Promise<void>;
}

/** A process that runs. */
export class RunningRank {
  readonly child: Deno.ChildProcess;
  /** How it ends. */
  readonly end: Promise<RankEnd>;
  #stdout = "";
  #waiting: { text: string; times: number; resolve: () => void }[] = [];

  constructor(child: Deno.ChildProcess) {
    this.child = child;
    this.end = this.#follow();
  }

  /** Resolves once it has printed the text, or has ended. */
  said(text: string): Promise<void> {
    return this.saidTimes(text, 1);
  }

  /** Resolves once it has printed the text so often, or has ended. */
  saidTimes(text: string, times: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ text, times, resolve });
    this.#tell();
    return promise;
  }

  #tell(hasEnded = false): void {
    for (const { text, times, resolve } of this.#waiting) {
      if (hasEnded || this.#stdout.split(text).length > times) resolve();
    }
  }

  async #follow(): Promise<RankEnd> {
    const { child } = this;
    const stderr = new Response(child.stderr).text();
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#stdout += text;
      this.#tell();
    }
    const [{ code }, complaint] = await Promise.all([child.status, stderr]);
    this.#tell(true);
    return { code, stdout: this.#stdout, stderr: complaint };
  }
}

/** Runs them to their ends. They meet in a file, or by the variables that `env` gives. */
export async function runRanks(ranks: Ranks): Promise<RankEnd[]> {
  await using folder = await TemporaryFolder.make();
  const { world, started = world } = ranks;
  const running = Array.from(
    { length: started },
    (_, rank) => new RunningRank(startRank(ranks, rank, join(folder.path, "store"))),
  );
  await ranks.watch?.(running);
  return await Promise.all(running.map(({ end }) => end));
}

function startRank(
  { program, args = [], world, env }: Ranks,
  rank: number,
  store: string,
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--cached-only", "--no-check", "-A"],
      fromFileUrl(new URL(program, import.meta.url)),
      ...args,
    ],
    env: {
      OMP_NUM_THREADS: "1",
      RANK: String(rank),
      WORLD_SIZE: String(world),
      LOCAL_RANK: String(rank),
      LOCAL_WORLD_SIZE: String(world),
      CSN_STORE: store,
      ...env?.(rank),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
