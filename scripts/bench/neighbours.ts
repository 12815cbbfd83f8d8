/** Programs that keep the machine busy while something else is measured. */
import { fromFileUrl } from "../../src/files/paths.ts";
import { Partner } from "./partner.ts";

/** Busy programs, each with a thread a processor; they end with this object, or with this process. */
export class Neighbours implements AsyncDisposable {
  readonly #partners: readonly Partner[];

  private constructor(partners: readonly Partner[]) {
    this.#partners = partners;
  }

  /** Starts `count` and waits until all are busy. */
  static async start(count: number): Promise<Neighbours> {
    const program = fromFileUrl(new URL("neighbour_process.ts", import.meta.url));
    await using started = new AsyncDisposableStack();
    const partners: Partner[] = [];
    for (let i = 0; i < count; i++) {
      const args = ["run", "--quiet", "--allow-read", program];
      partners.push(started.use(await Partner.start({ command: Deno.execPath(), args })));
    }
    started.move();
    return new Neighbours(partners);
  }

  /** Numbers of their processes. */
  get pids(): number[] {
    return this.#partners.map(({ pid }) => pid);
  }

  /** Ends them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#partners.map((partner) => partner[Symbol.asyncDispose]()));
  }
}
