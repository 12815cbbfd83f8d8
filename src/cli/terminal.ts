import { messageOf } from "../base/errors.ts";
import type { Listener, Progress } from "../base/listener.ts";
import { commandWords } from "./command_words.ts";
import { isSilent } from "./processes/own_place.ts";
import { doneLine, type Pace, progressBar, progressLine } from "./progress_text.ts";

/** Shows people what a command does. Disposing it takes the progress bar away. */
export interface TerminalListener extends Listener, Disposable {
  progress(progress: Progress): void;
  notice(text: string): void;
  warning(text: string): void;
  /** Prints a line to standard output, above the progress bar. */
  line(text: string): void;
}

/** Where a TerminalView shows itself. */
export interface TerminalStreams {
  /** Writes to standard output. */
  readonly writeOut: (text: string) => void;
  /** Writes to standard error, where all but `line` goes. */
  readonly writeError: (text: string) => void;
  /** Whether standard error is a terminal; elsewhere there is no bar, but a line now and then. */
  readonly isTerminal: boolean;
  readonly colours: boolean;
  /** Width of the terminal in characters, which may change; 0 when it does not know. */
  readonly columns: () => number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Milliseconds between two drawings of the bar. */
const redrawEvery = 200;

/** Milliseconds between two lines about a piece of work where there is no terminal. */
const lineEvery = 10_000;

const clearLine = "\r\x1b[K";

/**
 * The listener of commands: a progress bar on a terminal, plain lines elsewhere; of several
 * processes rank 0 alone shows anything.
 */
export function terminalListener(): TerminalListener {
  return isSilent() ? new SilentListener() : listenerOfAnyRank();
}

/** As `terminalListener`, for work that each of several processes does apart: all are heard of. */
export function listenerOfAnyRank(): TerminalListener {
  const isTerminal = Deno.stderr.isTerminal();
  return new TerminalView({
    writeOut,
    // The terminal can have the bar of rank 0.
    writeError: isSilent() && isTerminal ? (text) => writeError(clearLine + text) : writeError,
    isTerminal,
    colours: isTerminal && !Deno.noColor,
    columns: consoleColumns,
    now: () => performance.now(),
  });
}

/** Shows nothing. */
class SilentListener implements TerminalListener {
  progress(): void {}
  notice(): void {}
  warning(): void {}
  line(): void {}
  [Symbol.dispose](): void {}
}

/** A piece of work that is shown. */
interface Work {
  latest: Progress;
  readonly firstDone: number;
  readonly began: number;
  shownAt: number;
}

/** The listener behind `terminalListener`, for any streams and clock. */
export class TerminalView implements TerminalListener {
  readonly #streams: TerminalStreams;
  #work: Work | null = null;
  /** The report that ended the last piece of work. */
  #ended: Progress | null = null;
  #barShown = false;

  constructor(streams: TerminalStreams) {
    this.#streams = streams;
  }

  progress(progress: Progress): void {
    if (this.#ended !== null && isSame(progress, this.#ended)) return;
    this.#ended = null;
    const now = this.#streams.now();
    const isNew = this.#work === null || !goesOn(this.#work.latest, progress);
    const work: Work = isNew
      ? { latest: progress, firstDone: progress.done, began: now, shownAt: now }
      : this.#work!;
    work.latest = progress;
    this.#work = work;
    if (progress.done === progress.total) return this.#end(work);
    const pause = this.#streams.isTerminal ? redrawEvery : lineEvery;
    if (!isNew && now - work.shownAt < pause) return;
    work.shownAt = now;
    if (this.#streams.isTerminal) this.#drawBar(work);
    else this.#streams.writeError(progressLine(progress, this.#pace(work)) + "\n");
  }

  notice(text: string): void {
    this.#above(() => this.#streams.writeError(commandWords(text) + "\n"));
  }

  warning(text: string): void {
    this.#above(() =>
      this.#streams.writeError(`${this.#colour(33, "warning:")} ${commandWords(text)}\n`)
    );
  }

  line(text: string): void {
    this.#above(() => this.#streams.writeOut(text + "\n"));
  }

  [Symbol.dispose](): void {
    this.#clearBar();
    this.#work = null;
  }

  #end(work: Work): void {
    this.#clearBar();
    if (!this.#streams.isTerminal) {
      this.#streams.writeError(doneLine(work.latest, this.#pace(work)) + "\n");
    }
    this.#ended = work.latest;
    this.#work = null;
  }

  /** Prints where the bar is, and draws the bar again below. */
  #above(print: () => void): void {
    const wasShown = this.#barShown;
    this.#clearBar();
    print();
    if (wasShown && this.#work !== null) this.#drawBar(this.#work);
  }

  #drawBar(work: Work): void {
    // A full last column makes some terminals wrap.
    const columns = Math.max(1, (this.#streams.columns() || 80) - 1);
    const bar = progressBar(
      work.latest,
      this.#pace(work),
      columns,
      (text) => this.#colour(32, text),
    );
    this.#streams.writeError(clearLine + bar);
    this.#barShown = true;
  }

  #clearBar(): void {
    if (this.#barShown) this.#streams.writeError(clearLine);
    this.#barShown = false;
  }

  #pace(work: Work): Pace {
    return {
      seconds: (this.#streams.now() - work.began) / 1000,
      units: work.latest.done - work.firstDone,
    };
  }

  #colour(code: number, text: string): string {
    return this.#streams.colours ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

/** Whether `next` reports on the same piece of work as `before`. */
function goesOn(before: Progress, next: Progress): boolean {
  return before.what === next.what && before.unit === next.unit && next.done >= before.done;
}

function isSame(a: Progress, b: Progress): boolean {
  return goesOn(a, b) && a.done === b.done && a.total === b.total;
}

function consoleColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

/** Writes to standard output. Its reader may have seen enough, as `head` does, or be gone. */
function writeOut(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    const hasHungUp = messageOf(error).includes("(os error 5)");
    if (!hasHungUp && !(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/**
 * Writes to standard error. A terminal that has gone away must not stop the work that is reported.
 */
function writeError(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // There is nowhere left to say so.
  }
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const encoded = new TextEncoder().encode(text);
  for (let at = 0; at < encoded.length;) at += stream.writeSync(encoded.subarray(at));
}
