import { messageOf } from "../base/errors.ts";
import { spaceAdvice } from "../files/write_fault.ts";

/** What the system answers whose permissions, disk or limits are in the way: EPERM, EIO, ... */
const refusals =
  /\(os error (?:1|5|13|27|28|30|116|122)\)|\bE(?:PERM|IO|ACCES|FBIG|NOSPC|ROFS|STALE|DQUOT)\b/;
const noMoreFiles = /\(os error 2[34]\)|\bE[MN]FILE\b/;

/**
 * What to say of an error by which the system refuses a file or folder, wherever that was; null of
 * another, which is a fault of csn's.
 */
export function systemRefusal(error: Error): string | null {
  const message = messageOf(error);
  if (noMoreFiles.test(error.message)) {
    return `Cannot open one more file: ${message}; raise the limit on open files (ulimit -n), and run it again`;
  }
  if (!refusals.test(error.message)) return null;
  return `Cannot go on: ${message}; ${
    spaceAdvice(error)
  }check the disk and its permissions, and run it again`;
}
