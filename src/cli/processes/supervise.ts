/** Starts several processes that compute together, and ends with them. */
import { storeVariable } from "../../distributed/read_place.ts";
import { spawnDeno } from "../../native/spawn_deno.ts";
import { exitCodes, repeatMs } from "../interruption.ts";
import { hangupVariable, outlivesTerminal } from "../outlives_terminal.ts";
import { MeetingFolder } from "./meeting_folder.ts";
import { RankLines } from "./rank_lines.ts";
import { type FailedRank, RanksError } from "./ranks_error.ts";

/** What is started. */
export interface Supervised {
  readonly count: number;
  /** Arguments of deno, the same for every process. */
  readonly args: readonly string[];
  /** Variables of every process besides those of its place. */
  readonly env?: Readonly<Record<string, string>>;
  /** Shows a line of a rank above 0; rank 0 has this process's own standard error. */
  readonly show: (line: string) => void;
  /**
   * Milliseconds that the others get, once one has failed, to notice it and end by themselves, and
   * then again, asked by SIGTERM, before they are killed. @default {10000}
   */
  readonly graceMs?: number;
}

type StopSignal = keyof typeof exitCodes;

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Starts the processes, passes Ctrl-C, SIGTERM and SIGHUP on to them, and waits for all of them.
 * Returns the exit code: 0, or that of the signal that has stopped them. Throws a RanksError when
 * one fails; the others are then ended. No process is left behind on any way out; when this very
 * process is killed, they notice it by `watchStarter`.
 */
export async function supervise(supervised: Supervised): Promise<number> {
  const passedOn = outlivesTerminal() ? stopSignals.slice(0, 2) : stopSignals;
  using folder = await MeetingFolder.make();
  await using ranks = new Ranks(supervised);
  ranks.start(folder.store);
  const listeners = passedOn.map((name) => [name, () => ranks.hear(name)] as const);
  for (const [name, listener] of listeners) Deno.addSignalListener(name, listener);
  try {
    return await ranks.ended();
  } finally {
    for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
  }
}

/** The processes, and what happened to them. */
class Ranks implements AsyncDisposable {
  readonly #supervised: Supervised;
  readonly #lines: RankLines;
  readonly #running = new Set<Deno.ChildProcess>();
  readonly #ends: Promise<void>[] = [];
  readonly #graceMs: number;
  readonly #failed: FailedRank[] = [];
  /** The first signal that came, and whether it came again after a while. */
  #asked: { code: number; atMs: number; again: boolean } | null = null;
  /** The exit code of the first rank that was stopped by a signal. */
  #stopCode: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(supervised: Supervised) {
    this.#supervised = supervised;
    this.#graceMs = supervised.graceMs ?? 10_000;
    this.#lines = new RankLines(supervised.show);
  }

  /** Starts all of them, to meet at `store`. */
  start(store: string): void {
    const { args, env, count } = this.#supervised;
    for (let rank = 0; rank < count; rank++) {
      const child = spawnDeno("start several processes", {
        args: [...args],
        env: { ...env, ...environmentOf(rank, count, store) },
        stdin: "null",
        stdout: rank === 0 ? "inherit" : "null",
        stderr: rank === 0 ? "inherit" : "piped",
      });
      this.#running.add(child);
      this.#ends.push(this.#follow(rank, child));
    }
  }

  /** Waits for all of them. */
  async ended(): Promise<number> {
    await Promise.all(this.#ends);
    // Who does not wait until all have stopped tears the others' connections.
    if (this.#failed.length > 0 && !this.#asked?.again) throw new RanksError(this.#failed);
    return this.#stopCode ?? 0;
  }

  /** Passes a signal on. When it comes again after a while, they have to end soon. */
  hear(name: StopSignal): void {
    this.#send(name);
    const nowMs = performance.now();
    if (this.#asked === null) {
      this.#asked = { code: exitCodes[name], atMs: nowMs, again: false };
    } else if (nowMs - this.#asked.atMs > repeatMs && !this.#asked.again) {
      this.#asked.again = true;
      this.#after(() => this.#send("SIGKILL"));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#send("SIGKILL");
    await Promise.allSettled(this.#ends);
    clearTimeout(this.#timer);
  }

  async #follow(rank: number, child: Deno.ChildProcess): Promise<void> {
    const written = rank === 0 ? null : this.#lines.follow(rank, child.stderr);
    const { code, signal } = await child.status;
    this.#running.delete(child);
    const stopCode = this.#stopCodeOf(code, signal);
    if (stopCode !== null) this.#stopCode ??= stopCode;
    else if (code !== 0) this.#fail({ rank, code, signal });
    await written;
  }

  /** The exit code of a rank that a signal has stopped, in order or before it could listen. */
  #stopCodeOf(code: number, signal: Deno.Signal | null): number | null {
    if (signal === null) return Object.values<number>(exitCodes).includes(code) ? code : null;
    return this.#asked !== null && Object.hasOwn(exitCodes, signal) ? this.#asked.code : null;
  }

  /** The others notice when they wait for the one that is gone; who does not is ended. */
  #fail(failed: FailedRank): void {
    this.#failed.push(failed);
    if (this.#failed.length > 1) return;
    this.#after(() => {
      this.#send("SIGTERM");
      this.#after(() => this.#send("SIGKILL"));
    });
  }

  #after(then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, this.#graceMs);
  }

  #send(signal: Deno.Signal): void {
    for (const child of this.#running) {
      try {
        child.kill(signal);
      } catch {
        // It has just ended.
      }
    }
  }
}

/** The variables by which a process knows its place, as torchrun names them. */
function environmentOf(rank: number, count: number, store: string): Record<string, string> {
  return {
    RANK: String(rank),
    WORLD_SIZE: String(count),
    LOCAL_RANK: String(rank),
    LOCAL_WORLD_SIZE: String(count),
    [storeVariable]: store,
    [hangupVariable]: outlivesTerminal() ? "1" : "",
  };
}
