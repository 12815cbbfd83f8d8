import { CsnError } from "../base/errors.ts";

/** Milliseconds between two tries to take a lock that another process holds. */
const askAgainMs = 100;

/**
 * A lock that one process holds on a folder by locking a file in it. The system releases it when
 * the process ends, however it ends, so a lock that was left behind is simply taken over. Releasing
 * it removes its file.
 */
export class FileLock implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #path: string;

  private constructor(file: Deno.FsFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Takes the lock; null when another holder has it. The file then holds this process's id. */
  static async tryTake(path: string): Promise<FileLock | null> {
    for (;;) {
      const file = await Deno.open(path, { read: true, write: true, create: true });
      if (!await file.tryLock(true)) {
        file.close();
        return null;
      }
      if (isAt(path, file)) return await FileLock.#hold(file, path);
      // Its holder removed it just now: a lock on what is no longer there would keep nobody out.
      file.close();
    }
  }

  /**
   * Takes the lock when its holder releases it; `announce` is called with the holder's process id
   * before the wait. Throws the signal's reason when it is aborted.
   */
  static async wait(
    path: string,
    announce: (holder: string) => void,
    signal?: AbortSignal,
  ): Promise<FileLock> {
    for (let isAnnounced = false;; isAnnounced = true) {
      signal?.throwIfAborted();
      const lock = await FileLock.tryTake(path);
      if (lock !== null) return lock;
      if (!isAnnounced) announce(await holderOf(path));
      // A wait in the system could not be aborted, so the lock is tried now and then; the file is
      // opened each time, because its holder may remove it.
      else await passed(askAgainMs, signal);
    }
  }

  /** Takes the lock or throws a CsnError: `what` is being attempted, `remedy` says what to do. */
  static async take(path: string, what: string, remedy: string): Promise<FileLock> {
    const lock = await FileLock.tryTake(path);
    if (lock !== null) return lock;
    throw new CsnError(
      `${what}: process ${await holderOf(path) || "(unknown)"} is using it; ${remedy}`,
    );
  }

  static async #hold(file: Deno.FsFile, path: string): Promise<FileLock> {
    await file.truncate();
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
    return new FileLock(file, path);
  }

  /** Releases it. */
  [Symbol.dispose](): void {
    try {
      // While it is held: afterwards the file could be another holder's.
      if (isAt(this.#path, this.#file)) Deno.removeSync(this.#path);
    } catch {
      // A file that cannot be removed is taken over later, as one that was left behind.
    }
    this.#file.close();
  }
}

/** Whether an open file is still the one that lies at `path`. */
function isAt(path: string, file: Deno.FsFile): boolean {
  const mine = file.statSync();
  try {
    const there = Deno.statSync(path);
    return there.ino === mine.ino && there.dev === mine.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The process that a lock's file names; "" when it has gone in the meantime. */
async function holderOf(path: string): Promise<string> {
  return (await Deno.readTextFile(path).catch(() => "")).trim();
}

/** Waits for some time, or until the signal comes. */
function passed(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
}
