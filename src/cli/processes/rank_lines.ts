import { prefixOf } from "./own_place.ts";

/**
 * The lines that the ranks above 0 write to standard error, each with its rank. An error that
 * several of them report in the same words, as one of the user's making, is shown once. That they
 * were stopped, and what rank 0 could not do, rank 0 says for all.
 */
export class RankLines {
  readonly #show: (line: string) => void;
  readonly #errors = new Set<string>();

  /** `show` gets each line without its end. */
  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  /** Shows what a rank writes until it ends. */
  async follow(rank: number, stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#line(rank, line);
    }
    if (rest !== "") this.#line(rank, rest);
  }

  #line(rank: number, line: string): void {
    const prefix = prefixOf(rank);
    const text = line.startsWith(prefix) ? line.slice(prefix.length) : line;
    if (/^(Stopped: |error: Rank 0 could not go on: )/.test(text)) return;
    if (text.startsWith("error: ")) {
      if (this.#errors.has(text)) return;
      this.#errors.add(text);
    }
    this.#show(prefix + text);
  }
}
