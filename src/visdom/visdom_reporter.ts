import { messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { EpochMetrics } from "../training/metrics.ts";
import { environmentName, VisdomClient } from "./visdom_client.ts";
import {
  newestPoints,
  overviewEnvironment,
  staleMaskWindows,
  type VisdomPost,
  type VisdomRun,
  wholeWindows,
} from "./visdom_windows.ts";

/** What a reporter posts, and where to. */
export interface VisdomReporterOptions extends VisdomRun {
  /** Such as "http://127.0.0.1". */
  readonly server: string;
  /** The server's port. */
  readonly port: number;
  /** Epochs that are done already, of a run that goes on. */
  readonly history: readonly EpochMetrics[];
  /** Where everything posted is written too, for visdom's `replay_log`; null for nowhere. */
  readonly logFile: string | null;
  /** Receives one warning when the server cannot be used. */
  readonly listener?: Listener;
  /** Time that one answer may take, in ms; 5,000 by default. */
  readonly timeoutMs?: number;
}

/**
 * Posts a run to visdom without ever holding it up: what cannot be sent waits, and when the server
 * is back, all windows are posted whole from the run's own history.
 */
export class VisdomReporter {
  readonly #run: VisdomRun;
  readonly #history: EpochMetrics[];
  readonly #client: VisdomClient;
  readonly #port: number;
  readonly #listener: Listener;
  readonly #logFile: string | null;
  readonly #stop = new AbortController();
  /** Epochs that are on the server; null when it is not known what it holds. */
  #sent: number | null = null;
  #sending: Promise<void> | null = null;
  #logging: Promise<void>;
  #hasWarned = false;

  /** Rewrites the log from the history, and posts the windows of a run that goes on. */
  constructor(options: VisdomReporterOptions) {
    this.#run = { ...options, environment: environmentName(options.environment) };
    this.#history = [...options.history];
    this.#client = new VisdomClient({ ...options, signal: this.#stop.signal });
    this.#port = options.port;
    this.#listener = options.listener ?? {};
    this.#logFile = options.logFile;
    this.#logging = this.#log(async (file) => {
      await writeWhole(
        file,
        logLines(this.#history.length > 0 ? wholeWindows(this.#run, this.#history) : []),
      );
    });
    if (this.#history.length > 0) this.#startSending();
  }

  /** Takes an epoch; sending goes on by itself. Never waits, never throws. */
  report(row: EpochMetrics): void {
    this.#history.push(row);
    const posts = this.#history.length === 1
      ? wholeWindows(this.#run, [row])
      : newestPoints(this.#run, row);
    const before = this.#logging;
    this.#logging = this.#log(async (file) => {
      await before;
      await Deno.writeTextFile(file, logLines(posts), { append: true });
    });
    this.#startSending();
  }

  /**
   * Waits until all that was reported is sent, or its sending has failed, and written to the log.
   */
  async settled(): Promise<void> {
    await this.#sending;
    await this.#logging;
  }

  /** Spends at most `timeoutMs` on what is still to be sent, then lets go of the server. */
  async close(timeoutMs = 10_000): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(new Error("the run has ended")), timeoutMs);
    try {
      await this.settled();
      // One more attempt for what an unreachable server has missed.
      if (!this.#isComplete()) {
        this.#startSending();
        await this.settled();
      }
      if (!this.#isComplete()) {
        const kept = this.#logFile === null ? "" : `; all of it is in ${this.#logFile}`;
        this.#warnOnce(
          `visdom at ${this.#client.address} did not take everything in time${kept}`,
        );
      }
    } finally {
      clearTimeout(timer);
      this.#stop.abort(new Error("the run has ended"));
    }
  }

  #isComplete(): boolean {
    return this.#history.length === (this.#sent ?? 0);
  }

  #startSending(): void {
    this.#sending ??= this.#send().finally(() => (this.#sending = null));
  }

  /** Sends until the server has everything or fails; a failure waits for the next epoch. */
  async #send(): Promise<void> {
    try {
      while (this.#sent !== this.#history.length) {
        this.#stop.signal.throwIfAborted();
        await this.#sendMissing();
        await this.#client.save(this.#run.environment);
        await this.#client.save(overviewEnvironment);
      }
    } catch (error) {
      this.#sent = null;
      if (this.#stop.signal.aborted) return;
      this.#warnOnce(
        `${
          messageOf(error)
        }; training goes on, the windows come when the server does (start one: python3 -m visdom.server -port ${this.#port})`,
      );
    }
  }

  async #sendMissing(): Promise<void> {
    const count = this.#history.length;
    if (!await this.#appended(count)) await this.#sendWhole(count);
    this.#sent = count;
  }

  /** Adds the epochs that are not sent yet; false when windows must be made anew instead. */
  async #appended(count: number): Promise<boolean> {
    if (this.#sent === null) return false;
    try {
      for (const row of this.#history.slice(this.#sent, count)) {
        for (const post of newestPoints(this.#run, row)) {
          // Of a window that is not there, the server would make one with the newest point alone.
          if (post.endpoint === "update" && !await this.#isThere(post)) return false;
          await this.#client.post(post);
        }
      }
      return true;
    } catch {
      // A server that was restarted may lack the environment. One that is gone fails again right
      // after this.
      this.#stop.signal.throwIfAborted();
      return false;
    }
  }

  async #isThere({ body }: VisdomPost): Promise<boolean> {
    return await this.#client.windowExists(body.win, body.eid);
  }

  async #sendWhole(count: number): Promise<void> {
    const { environment } = this.#run;
    const history = this.#history.slice(0, count);
    await this.#client.ensureEnvironment(environment);
    await this.#client.ensureEnvironment(overviewEnvironment);
    for (const post of wholeWindows(this.#run, history)) await this.#client.post(post);
    const windows = await this.#client.windowNames(environment);
    for (const stale of staleMaskWindows(windows, history[count - 1].epoch)) {
      await this.#client.closeWindow(stale, environment);
    }
  }

  #warnOnce(text: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#warn(text);
  }

  /** A listener that throws must not stop the sending. */
  #warn(text: string): void {
    try {
      this.#listener.warning?.(text);
    } catch {
      // There is nowhere left to report it.
    }
  }

  async #log(write: (file: string) => Promise<void>): Promise<void> {
    if (this.#logFile === null) return;
    try {
      await write(this.#logFile);
    } catch (error) {
      this.#warn(`${this.#logFile} cannot be written: ${messageOf(error)}`);
    }
  }
}

/** visdom's own form: `["events" | "update", body]`, a line a post. */
function logLines(posts: readonly VisdomPost[]): string {
  return posts.map(({ endpoint, body }) => JSON.stringify([endpoint, body]) + "\n").join("");
}
