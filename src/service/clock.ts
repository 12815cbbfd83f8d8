/** What limits waiting: time, or what stands for it. */
export interface Clock {
  /** Calls `then` after `ms` milliseconds, unless the function that it returns was called before. */
  after(ms: number, then: () => void): () => void;
}

/** The clock of the machine. */
export const machineClock: Clock = {
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};
