import { CsnError } from "./errors.ts";

/**
 * A lock that one process holds on a folder by locking a file in it. The system lets go of it when the
 * process ends, however it ends, so a lock that was left behind is simply taken over.
 */
export class FileLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Takes the lock; null when another holder has it. The file then holds this process's id. */
  static async tryTake(path: string): Promise<FileLock | null> {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    if (!await file.tryLock(true)) {
      file.close();
      return null;
    }
    return await FileLock.#hold(file);
  }

  /** Takes the lock when its holder lets go; `announce` hears the holder's process id before the wait. */
  static async wait(path: string, announce: (holder: string) => void): Promise<FileLock> {
    const lock = await FileLock.tryTake(path);
    if (lock !== null) return lock;
    announce((await Deno.readTextFile(path)).trim());
    const file = await Deno.open(path, { read: true, write: true, create: true });
    await file.lock(true);
    return await FileLock.#hold(file);
  }

  /** Takes the lock or throws a CsnError: `what` is being attempted, `remedy` says what to do. */
  static async take(path: string, what: string, remedy: string): Promise<FileLock> {
    const lock = await FileLock.tryTake(path);
    if (lock !== null) return lock;
    const holder = (await Deno.readTextFile(path)).trim();
    throw new CsnError(`${what}: process ${holder || "(unknown)"} is using it; ${remedy}`);
  }

  static async #hold(file: Deno.FsFile): Promise<FileLock> {
    await file.truncate();
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
    return new FileLock(file);
  }

  /** Lets go of it. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
