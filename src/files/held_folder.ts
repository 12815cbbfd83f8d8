import { CsnError } from "../base/errors.ts";
import { infoOf } from "./exists.ts";
import { FileLock } from "./file_lock.ts";
import { join } from "./paths.ts";
import { writeFault } from "./write_fault.ts";

/** How errors speak of a folder. */
export interface HeldFolderOptions {
  /** What it is, such as "the run folder". */
  readonly what: string;
  /** How another one is chosen. */
  readonly another: string;
}

/** A folder that one process writes to; while it does, the file `lock` lies in it. */
export class HeldFolder implements Disposable {
  readonly #path: string;
  readonly #lock: FileLock;
  readonly #isNew: boolean;

  private constructor(path: string, lock: FileLock, isNew: boolean) {
    this.#path = path;
    this.#lock = lock;
    this.#isNew = isNew;
  }

  /**
   * Makes the folder where there is none, and holds it. Throws a CsnError when another process
   * does, or it cannot.
   */
  static async take(path: string, { what, another }: HeldFolderOptions): Promise<HeldFolder> {
    let attempted = `Cannot make ${what} ${path}`;
    try {
      const isNew = await infoOf(path, Deno.stat) === null;
      await Deno.mkdir(path, { recursive: true });
      attempted = `Cannot use ${what} ${path}`;
      const advice = `wait for it, stop it, or ${another}`;
      return new HeldFolder(
        path,
        await FileLock.take(lockOf(path), attempted, advice),
        isNew,
      );
    } catch (error) {
      if (error instanceof CsnError) throw error;
      throw new CsnError(
        `${attempted}: ${writeFault(lockOf(path), error)}; ${another}, or mend that`,
        {
          cause: error,
        },
      );
    }
  }

  /** Which process holds a folder, as far as this machine sees it; "" where none does. */
  static async holderOf(path: string): Promise<string> {
    return await Deno.readTextFile(lockOf(path)).catch(() => "");
  }

  /** Lets other processes use the folder. One that was made for nothing goes. */
  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
    if (!this.#isNew) return;
    try {
      Deno.removeSync(this.#path);
    } catch {
      // Something lies in it.
    }
  }
}

function lockOf(path: string): string {
  return join(path, "lock");
}
