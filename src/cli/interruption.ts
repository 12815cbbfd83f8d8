import { outlivesTerminal } from "./outlives_terminal.ts";
import { leaveNow, starterGone } from "./processes/starter_gone.ts";

/** A repeat sooner than this is the same Ctrl-C: `deno task` delivers it twice. */
export const repeatMs = 500;

/** 128 and the number of the signal, as shells have it. */
export const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** What a test puts in the place of time and of the way out. */
export interface Clock {
  readonly nowMs: () => number;
  readonly exit: (code: number) => void;
}

/**
 * Listens for Ctrl-C, SIGTERM and, unless `nohup` ignores it, SIGHUP. The first one aborts
 * `signal`, so that work can end well; one that comes more than half a second later leaves the
 * process at once. That the process is gone which started this one as one of several counts as
 * SIGTERM.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #listeners: [Deno.Signal, () => void][] = [];
  readonly #clock: Clock;
  readonly #announce: () => void;
  #first: { code: number; atMs: number } | null = null;

  /** `announce` is called at the first signal. */
  constructor(
    announce: () => void,
    clock: Clock = { nowMs: () => performance.now(), exit: leaveNow },
  ) {
    this.#clock = clock;
    this.#announce = announce;
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const name of outlivesTerminal() ? signals.slice(0, 2) : signals) {
      const listener = () => this.hear(name);
      Deno.addSignalListener(name, listener);
      this.#listeners.push([name, listener]);
    }
    starterGone.addEventListener("abort", this.#endWithStarter);
    if (starterGone.aborted) this.#endWithStarter();
  }

  /** Work that a signal is stopping already is not cut off by it. */
  readonly #endWithStarter = () => {
    if (this.#first === null) this.hear("SIGTERM");
  };

  /** Aborted at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP, null when there was none. */
  get exitCode(): number | null {
    return this.#first?.code ?? null;
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) Deno.removeSignalListener(name, listener);
    starterGone.removeEventListener("abort", this.#endWithStarter);
  }

  /** What a signal does when it comes. */
  hear(name: keyof typeof exitCodes): void {
    const code = exitCodes[name];
    if (this.#first === null) {
      this.#first = { code, atMs: this.#clock.nowMs() };
      this.#announce();
      this.#controller.abort(new DOMException("Interrupted", "AbortError"));
    } else if (this.#clock.nowMs() - this.#first.atMs > repeatMs) {
      this.#clock.exit(code);
    }
  }
}
