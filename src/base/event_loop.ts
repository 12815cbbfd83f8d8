/** Milliseconds that work on the main thread may hold up timers, sockets and signals. */
const longestMs = 10;

/** Lets the event loop turn during long work: call `pass` often, it waits only when it is due. */
export class EventLoopTurns {
  #last = performance.now();

  /** Waits for a turn of the event loop when the last one is some time ago. */
  async pass(): Promise<void> {
    if (performance.now() - this.#last < longestMs) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#last = performance.now();
  }
}
