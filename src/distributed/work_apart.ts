/** Work that the processes of a group do apart, a task each at a time, until none is left. */
import { type CsnError, messageOf } from "../base/errors.ts";
import { GroupError } from "./group_error.ts";
import type { ProcessGroup } from "./process_group.ts";

/** How tasks are worked on. */
export interface WorkApart<Task> {
  /** The tasks, the same list on every rank. */
  readonly tasks: readonly Task[];
  /**
   * Does one; false where the signal has stopped it. The signal is aborted when `stop` is, or when
   * another rank was stopped or failed.
   */
  readonly work: (task: Task, signal: AbortSignal) => Promise<boolean>;
  /** Stops all ranks, each after what `work` does yet. */
  readonly stop?: AbortSignal;
  /** How much this rank has done, in any unit; the others hear of it. */
  readonly done?: () => number;
  /** Called now and then with how much each rank has done. */
  readonly onDone?: (each: readonly number[]) => void;
  /** Milliseconds between two signs of life; less where the group waits for less. @default {2000} */
  readonly beatMs?: number;
}

/** How it stands with a rank. */
type Standing = "working" | "finished" | "stopped" | "failed";

/** A sign of life of a rank. */
interface Beat {
  readonly beat: number;
  readonly standing: Standing;
  readonly done: number;
  /** Whether it was asked to stop, though it may have nothing left to do itself. */
  readonly asksStop: boolean;
  readonly why?: string;
}

/** Letters of a failure's message that the others hear. */
const mostLetters = 900;

/** Milliseconds between two signs of life. */
const usualBeatMs = 2000;

/** Signs of life that a rank gives within the time limit: one that is late must not pass for its end. */
const beatsInLimit = 4;

/** Signs of life within which the others hear that a rank stops, or why it fails. */
const beatsToHear = 2;

/**
 * Does all tasks on the ranks of a group; each takes the next one when it is free. No rank waits for
 * another but at the end. Returns true on all of them once all tasks are done, false where one was
 * stopped. When one fails, that one throws its error and the others, after their `work` was stopped,
 * a CsnError that names it; likewise a rank of which nothing is heard within the group's time limit.
 */
export async function workApart<Task>(
  group: ProcessGroup,
  options: WorkApart<Task>,
): Promise<boolean> {
  return await new Worker(group, options).run();
}

/** How often a group has worked apart: each time its ranks meet under keys of their own. */
const times = new WeakMap<ProcessGroup, number>();

class Worker<Task> {
  readonly #group: ProcessGroup;
  readonly #options: WorkApart<Task>;
  readonly #prefix: string;
  readonly #stopped = new AbortController();
  readonly #others: Rank[];
  readonly #beatMs: number;
  #beat = 0;
  #judgedAt = performance.now();
  #standing: Standing = "working";
  /** What this rank itself has thrown, in its work or in reporting it. */
  #failure: { readonly error: unknown } | null = null;
  /** Why it cannot go on that has done nothing wrong itself. */
  #lost: CsnError | null = null;
  /** Since when it is known that this rank ends before its time. */
  #leavesSince = Infinity;

  constructor(group: ProcessGroup, options: WorkApart<Task>) {
    this.#group = group;
    this.#options = options;
    const time = (times.get(group) ?? 0) + 1;
    times.set(group, time);
    this.#prefix = `apart/${time}`;
    this.#beatMs = Math.min(
      options.beatMs ?? usualBeatMs,
      group.timeoutSeconds * 1000 / beatsInLimit,
    );
    const { rank, world } = group.place;
    const ranks = Array.from({ length: world }, (_, i) => new Rank(i, performance.now()));
    this.#others = ranks.filter((each) => each.rank !== rank);
  }

  async run(): Promise<boolean> {
    const working = this.#work();
    await this.#beatUntilAllEnd(working);
    await working;
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#lost !== null) throw this.#lost;
    const standings = [this.#standing, ...this.#others.map(({ standing }) => standing)];
    return standings.every((each) => each === "finished");
  }

  async #work(): Promise<void> {
    try {
      this.#standing = await this.#doTasks() ? "finished" : "stopped";
    } catch (error) {
      this.#standing = "stopped";
      this.#fail(error);
    }
  }

  async #doTasks(): Promise<boolean> {
    const { tasks, work, stop } = this.#options;
    const signal = AbortSignal.any([this.#stopped.signal, ...stop === undefined ? [] : [stop]]);
    for (;;) {
      if (signal.aborted) return false;
      const next = await this.#group.count(`${this.#prefix}/next`);
      if (next >= tasks.length) return true;
      if (!await work(tasks[next], signal)) return false;
    }
  }

  /** Says that this rank is there, and hears of the others, until all have ended or one has failed. */
  async #beatUntilAllEnd(working: Promise<void>): Promise<void> {
    let isOver = false;
    const end = working.then(() => isOver = true);
    for (;;) {
      // What ends during an exchange is told by the next one: nobody leaves without having told.
      const hasEnded = isOver;
      await this.#exchange();
      if (hasEnded && this.#mayLeave()) return;
      await passed(this.#beatMs, hasEnded ? undefined : end);
    }
  }

  /** Once all others know how this one ends, or have had time to hear that it does before its time. */
  #mayLeave(): boolean {
    const isEarly = this.#leavesSince < Infinity;
    // Who has done all waits to hear of the others; with rank 0 what they meet in may go.
    const knows = ({ standing }: Rank) =>
      standing === "finished" ? !isEarly : standing !== "working";
    return this.#others.every(knows) ||
      performance.now() - this.#leavesSince > beatsToHear * this.#beatMs;
  }

  async #exchange(): Promise<void> {
    try {
      await this.#group.tell(this.#keyOf(this.#group.place.rank), JSON.stringify(this.#own()));
      const told = this.#others.map(({ rank }) => this.#group.told(this.#keyOf(rank)));
      (await Promise.all(told)).forEach((text, i) => this.#others[i].hear(text, performance.now()));
    } catch (error) {
      // Who is stopped does not blame those who have left by then.
      if (!this.#isStopped) return this.#lose(error as CsnError);
      for (const other of this.#others) other.standing = "stopped";
    }
    this.#forgiveSleep();
    this.#judge();
    try {
      this.#report();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Who was suspended itself cannot know who was silent: Ctrl-Z suspends all. */
  #forgiveSleep(): void {
    const now = performance.now();
    const sinceMs = now - this.#judgedAt;
    this.#judgedAt = now;
    if (sinceMs < this.#group.timeoutSeconds * 1000) return;
    for (const other of this.#others) other.heardAt = now;
  }

  #own(): Beat {
    const { done, stop } = this.#options;
    if (this.#standing === "stopped") this.#leave();
    const own = { beat: ++this.#beat, done: done?.() ?? 0, asksStop: stop?.aborted ?? false };
    if (this.#standing === "working" || this.#failure === null) {
      return { ...own, standing: this.#standing };
    }
    const why = messageOf(this.#failure.error).slice(0, mostLetters);
    return { ...own, standing: "failed", why };
  }

  /** Stops this rank where another one was stopped, has failed, or is heard of no more. */
  #judge(): void {
    const { timeoutSeconds, place: { world } } = this.#group;
    for (const { rank, standing, asksStop, why, heardAt, hasEnded } of this.#others) {
      if (standing === "stopped") this.#leave();
      if (asksStop) this.#stopped.abort();
      if (standing === "failed") {
        return this.#lose(
          new GroupError(`Cannot work together: rank ${rank} of ${world} failed: ${why}`),
        );
      }
      if (hasEnded || performance.now() - heardAt < timeoutSeconds * 1000) continue;
      return this.#lose(
        new GroupError(
          `Cannot work together: rank ${rank} of ${world} ended or hangs: nothing was heard of it ` +
            `for ${timeoutSeconds} s; read what it prints, then begin again, which goes on`,
        ),
      );
    }
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted || this.#options.stop?.aborted === true;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#leave();
  }

  #lose(error: CsnError): void {
    this.#lost ??= error;
    this.#leave();
  }

  /** This rank ends before its time, and gives the others some to hear of it. */
  #leave(): void {
    this.#leavesSince = Math.min(this.#leavesSince, performance.now());
    this.#stopped.abort();
  }

  #report(): void {
    const { done, onDone } = this.#options;
    const each = this.#others.map((other) => other.done);
    each.splice(this.#group.place.rank, 0, done?.() ?? 0);
    onDone?.(each);
  }

  #keyOf(rank: number): string {
    return `${this.#prefix}/${rank}`;
  }
}

/** Another rank, by what was heard of it last. */
class Rank implements Beat {
  readonly rank: number;
  beat = 0;
  standing: Standing = "working";
  done = 0;
  asksStop = false;
  why?: string;
  heardAt: number;

  constructor(rank: number, now: number) {
    this.rank = rank;
    this.heardAt = now;
  }

  get hasEnded(): boolean {
    return this.standing !== "working";
  }

  hear(text: string | null, now: number): void {
    const said: Beat | null = text === null ? null : JSON.parse(text);
    if (said === null || said.beat === this.beat) return;
    Object.assign(this, said);
    this.heardAt = now;
  }
}

/** Waits for some time, or for the end of what may come before. */
async function passed(milliseconds: number, end?: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([promise, ...end === undefined ? [] : [end]]);
  clearTimeout(timer);
}
