import type {
  NumberedAnswer,
  NumberedQuestion,
  SearchQuestion,
} from "../exported/search_questions.ts";

/** A question that waits for its answer. */
interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The worker that searches exported files, beside the page; it begins with the first question. */
export class SearchWorker {
  #worker: Worker | null = null;
  #number = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** Rejects with why there is no answer, and with the signal's reason where it is aborted. */
  ask<Answer>(question: SearchQuestion, signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const number = this.#number++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(number, { resolve, reject });
    signal?.addEventListener("abort", () => this.#take(number)?.reject(signal.reason));
    const message: NumberedQuestion = { number, question };
    this.#start().postMessage(message);
    return promise as Promise<Answer>;
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker("search_worker.js", { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<NumberedAnswer>) => {
      const waiting = this.#take(data.number);
      if ("answer" in data) waiting?.resolve(data.answer);
      else waiting?.reject(new Error(data.error));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const why = event.message || "search_worker.js does not come";
      for (const number of [...this.#waiting.keys()]) {
        this.#take(number)!.reject(new Error(`Cannot search: ${why}`));
      }
      // The next question begins anew.
      this.#worker = null;
    };
    return this.#worker = worker;
  }

  #take(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }
}
