import type { Listener, Progress } from "../base/listener.ts";
import type { Explored } from "./explored.ts";

/** What is explored, while it is opened: images that are new are embedded, which may take long. */
export class Opening {
  /** All of it. Rejects as what opens it. */
  readonly explored: Promise<Explored>;
  /**
   * Resolves when long work has begun or all is open: what is refused was refused before. Rejects
   * as `explored`.
   */
  readonly begun: Promise<void>;
  #progress: Progress | null = null;
  #isOpen = false;

  /** Calls what opens it, with a listener that passes all on to `listener`. */
  constructor(open: (listener: Listener) => Promise<Explored>, listener: Listener = {}) {
    const begun = Promise.withResolvers<void>();
    this.explored = open({
      progress: (latest) => {
        this.#progress = latest;
        listener.progress?.(latest);
        begun.resolve();
      },
      notice: (text) => listener.notice?.(text),
      warning: (text) => listener.warning?.(text),
    });
    this.explored.then(() => {
      this.#isOpen = true;
      begun.resolve();
    }, begun.reject);
    this.begun = begun.promise;
    // Whoever waits for either gets the error; it is no fault of the process when nobody does.
    this.begun.catch(() => {});
  }

  /** Whether all is open. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How far the work is; null before it has begun. */
  get progress(): Progress | null {
    return this.#progress;
  }
}
