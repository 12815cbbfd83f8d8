import { seenAt } from "../../files/exists.ts";
import { FileLock } from "../../files/file_lock.ts";
import { dirname, join } from "../../files/paths.ts";

/** Milliseconds between two looks whether the starter is still there. */
const lookEveryMs = 500;

/** A temporary folder in which the processes of one machine meet, held by the one that starts them. */
export class MeetingFolder implements Disposable {
  readonly #path: string;
  readonly #lock: FileLock;

  private constructor(path: string, lock: FileLock) {
    this.#path = path;
    this.#lock = lock;
  }

  static async make(): Promise<MeetingFolder> {
    const path = await Deno.makeTempDir({ prefix: "csn-processes-" });
    const store = join(path, "store");
    await Deno.writeFile(ranksBeside(store), new Uint8Array());
    return new MeetingFolder(path, (await FileLock.tryTake(lockBeside(store)))!);
  }

  /** The file that they meet in, which the first of them makes. */
  get store(): string {
    return join(this.#path, "store");
  }

  /** Removes it. */
  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
    removeMeeting(this.store);
  }
}

/**
 * Calls `gone` once the starter has ended without ending its processes, as it does when it is
 * killed. The system releases the starter's lock however it ends, and no other sign is sure: Deno
 * may be started by a wrapper, and process ids come again. A starter that holds no folder, as a
 * program of the user's own, is not watched. `isLast` says whether the other processes have ended:
 * each holds a lock as long as it runs, and what they meet in must stay until the last one leaves.
 */
export function watchStarter(store: string, gone: (isLast: () => boolean) => void): void {
  const lock = openedBefore(lockBeside(store));
  const ranks = openedBefore(ranksBeside(store));
  ranks?.lockSync(false);
  if (lock === null && seenAt(dirname(store)) !== null) return;
  const look = () => {
    if (lock !== null && !lock.tryLockSync(false)) return;
    clearInterval(timer);
    lock?.close();
    gone(() => ranks === null || ranks.tryLockSync(true));
  };
  const timer = setInterval(look, lookEveryMs);
  Deno.unrefTimer(timer);
  look();
}

/** Null where there is no starter that holds the folder; or another process has removed it. */
function openedBefore(path: string): Deno.FsFile | null {
  try {
    return Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function lockBeside(store: string): string {
  return join(dirname(store), "starter");
}

function ranksBeside(store: string): string {
  return join(dirname(store), "ranks");
}

/** Removes the folder and what processes that met have put there, nothing else. */
export function removeMeeting(store: string): void {
  for (const path of [store, lockBeside(store), ranksBeside(store), dirname(store)]) {
    try {
      Deno.removeSync(path);
    } catch {
      // Another process has removed it, or never made it.
    }
  }
}
