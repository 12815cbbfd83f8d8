import { CsnError } from "../../src/base/errors.ts";

/**
 * How fast threads of this process read memory: the limit of whatever looks at every byte. Each
 * looks with memchr of the C library, which reads as fast as the memory gives, for a byte that is
 * not there.
 */
export class ReadSpeed {
  readonly #library = openLibc();
  readonly #memory: Uint8Array<ArrayBuffer>;
  readonly #threads: number;

  /** Memory of so many bytes, to be read by so many threads. */
  constructor(bytes: number, threads: number) {
    this.#memory = new Uint8Array(bytes).fill(1);
    this.#threads = threads;
  }

  /** Seconds that one of so many readings of it all takes. */
  async seconds(times: number): Promise<number> {
    const began = performance.now();
    for (let time = 0; time < times; time++) await this.#read();
    return (performance.now() - began) / 1000 / times;
  }

  async #read(): Promise<void> {
    const part = Math.ceil(this.#memory.length / this.#threads);
    const found = await Promise.all(Array.from({ length: this.#threads }, (_, thread) => {
      const own = this.#memory.subarray(thread * part, (thread + 1) * part);
      return this.#library.symbols.memchr(own, 0, BigInt(own.length));
    }));
    if (found.every((at) => at === null)) return;
    throw new CsnError("Cannot time the reading of memory: a byte was found that is not there");
  }
}

function openLibc() {
  const symbols = {
    memchr: { parameters: ["buffer", "i32", "usize"], result: "pointer", nonblocking: true },
  } as const;
  try {
    return Deno.dlopen("libc.so.6", symbols);
  } catch (error) {
    throw new CsnError(
      "Cannot time the reading of memory: this system has no libc.so.6 (Linux has); leave search out of --items",
      { cause: error },
    );
  }
}
