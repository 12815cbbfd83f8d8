import { CsnError } from "../../src/base/errors.ts";

/** How a partner's process is started. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
}

/** What a partner answers. */
export type Answer = Readonly<Record<string, unknown>>;

/** A running program that answers each line of its standard input, a JSON object, with one. */
export class Partner implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #pending = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts it and waits for the line that says it is ready. */
  static async start({ command, args, env }: Command): Promise<Partner> {
    const child = new Deno.Command(command, {
      args: [...args],
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const partner = new Partner(child);
    await partner.#answer();
    return partner;
  }

  /** Number of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Asks one thing. Throws a CsnError when the answer is an error or the program has ended. */
  async ask(request: Answer): Promise<Answer> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
    return await this.#answer();
  }

  /** Asks for something timed; returns its seconds. */
  async seconds(request: Answer): Promise<number> {
    return Number((await this.ask(request)).seconds);
  }

  /** Ends the program. */
  async [Symbol.asyncDispose](): Promise<void> {
    // It may have ended by itself.
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel();
    await this.#child.status;
  }

  async #answer(): Promise<Answer> {
    const answer = JSON.parse(await this.#line());
    if (answer.error !== undefined) {
      throw new CsnError(`Cannot time the partner: it said "${answer.error}"`);
    }
    return answer;
  }

  async #line(): Promise<string> {
    while (!this.#pending.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new CsnError("Cannot time the partner: it ended; its message is above");
      this.#pending += value;
    }
    const end = this.#pending.indexOf("\n");
    const line = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end + 1);
    return line;
  }
}
