import { CsnError } from "../../base/errors.ts";

/** How a rank ended that failed. */
export interface FailedRank {
  readonly rank: number;
  readonly code: number;
  /** The signal that ended it, such as "SIGKILL"; null when it ended by itself. */
  readonly signal: string | null;
}

/** Ranks have failed, the first of them first. The exit code is that one's. */
export class RanksError extends CsnError {
  override readonly name = "RanksError";
  override readonly exitCode: number;

  constructor([first, ...others]: readonly FailedRank[]) {
    const then = others.length === 0 ? "" : `, then ${ranksText(others.map(({ rank }) => rank))}`;
    super(
      first.signal === null
        ? `rank ${first.rank} failed first, with exit code ${first.code}${then}; see ${
          others.length === 0 ? "its message" : "the messages"
        } above`
        : `rank ${first.rank} was ended by ${first.signal}${
          first.signal === "SIGKILL" ? ", as the system does when memory runs out" : ""
        }; without it the others cannot go on`,
    );
    this.exitCode = first.signal === null ? first.code : 1;
  }
}

/** "rank 2", or "ranks 0 and 2", or "ranks 0, 2 and 3". */
function ranksText(ranks: readonly number[]): string {
  const sorted = ranks.toSorted((a, b) => a - b);
  if (sorted.length === 1) return `rank ${sorted[0]}`;
  return `ranks ${sorted.slice(0, -1).join(", ")} and ${sorted.at(-1)}`;
}
