import { sha256 } from "./sha256.ts";

/** Deno gives times of change in whole seconds. */
const resolutionMs = 2_000;

/**
 * What distinguishes files from others that replaced them with the same names, sizes and times of
 * writing: their numbers on the disk (inodes) and the times of their last change of any kind, which
 * no program can set.
 */
export class FileIdentities {
  readonly #lines: string[] = [];
  readonly #now = Date.now();
  #isFresh = false;

  /** Adds a file. */
  add({ ino, ctime }: Deno.FileInfo): void {
    const changed = ctime?.getTime();
    this.#lines.push(`${ino} ${changed}`);
    if (changed !== undefined && isFresh(changed, this.#now)) this.#isFresh = true;
  }

  /**
   * SHA-256 of them all; null when a file changed so lately that one more change could have the
   * same time.
   */
  digest(): string | null {
    return this.#isFresh ? null : sha256(this.#lines.join("\n"));
  }
}

/** What one file is now, by which it is known again while nothing writes to it or replaces it. */
export function identityOf({ ino, size, mtime, ctime }: Deno.FileInfo): string {
  return [ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
}

/** Whether a change at that time may be followed by another that has the same time. */
export function isFresh(changed: number, now = Date.now()): boolean {
  return Math.abs(now - changed) < resolutionMs;
}
