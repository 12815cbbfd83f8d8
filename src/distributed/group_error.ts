/** What is said when processes do not find, or lose, one another. */
import { CsnError, messageOf } from "../base/errors.ts";
import { openedParts } from "../native/library.ts";
import type { Place } from "./place.ts";

/** A collective failed: another process has ended, or hangs. */
export class GroupError extends CsnError {
  /** The class. */
  override readonly name = "GroupError";
}

/** The error of a group that could not be opened; `cause` is what libtorch threw. */
export function openError(place: Place, timeoutSeconds: number, cause: unknown): CsnError {
  return new CsnError(
    `Cannot join the other processes (this is rank ${place.rank} of ${place.world}): ${
      openFault(place, timeoutSeconds, messageOf(cause))
    }`,
    { cause },
  );
}

function openFault({ store, world }: Place, seconds: number, said: string): string {
  const missing = /missing ranks: ([\d, ]+)/.exec(said)?.[1];
  if (missing !== undefined) {
    return `${
      ranksText(missing.split(", ").map(Number))
    } did not come within ${seconds} s; read what they print, check that ${world} processes were started and that all have the same WORLD_SIZE, MASTER_ADDR and MASTER_PORT, or allow more time by \`timeoutSeconds\``;
  }
  if (/no headers of its distributed engine/.test(said)) {
    const { libtorchFolder } = openedParts();
    return `${said}; remove ${libtorchFolder} and run \`start()\`, which fetches all of it`;
  }
  if (store.kind === "file") return said;
  const place = `${store.host}:${store.port}`;
  if (/failed to bind|address already in use|EADDRINUSE/i.test(said)) {
    return `port ${store.port} is in use on this machine; end what listens there, or set another MASTER_PORT for all processes`;
  }
  if (/timed out.*connect|failed to connect|connection (?:refused|reset)/i.test(said)) {
    return `nobody answers as rank 0 at ${place} within ${seconds} s; check that rank 0 runs, that MASTER_ADDR and MASTER_PORT are the same everywhere, and that no firewall closes the port (libtorch says: ${said})`;
  }
  return `${said} (they meet at ${place})`;
}

/** A rank that did not notice that a collective failed, and what it said of that, if anything. */
export interface MissingRank {
  readonly rank: number;
  readonly said: string | null;
}

/**
 * The error of a collective that failed: `missing` are the ranks that did not notice it, so failed,
 * ended or hang; `cause` is what libtorch threw.
 */
export function collectiveError(
  { rank, world }: Place,
  missing: readonly MissingRank[],
  cause: unknown,
): GroupError {
  const failed = missing.filter(({ said }) => said !== null);
  return new GroupError(
    failed.length > 0
      ? `Cannot compute together: ${
        failed.map(({ rank, said }) => `rank ${rank} of ${world} failed: ${said}`).join("; ")
      }`
      : `Cannot compute together: ${
        whoEnded(missing.map(({ rank }) => rank), world)
      }, seen from rank ${rank} (libtorch says: ${
        messageOf(cause)
      }); read what the others print, then go on from the last checkpoint`,
    { cause },
  );
}

function whoEnded(ranks: readonly number[], world: number): string {
  return ranks.length > 0
    ? `${ranksText(ranks)} of ${world} ended or ${ranks.length === 1 ? "hangs" : "hang"}`
    : `the connection between the ${world} processes failed, or rank 0 ended or hangs`;
}

function ranksText(ranks: readonly number[]): string {
  return `${ranks.length === 1 ? "rank" : "ranks"} ${ranks.join(", ")}`;
}
