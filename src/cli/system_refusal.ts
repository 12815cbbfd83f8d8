import { spaceAdvice } from "../files/write_fault.ts";

/** What a system answers whose disk, limits or permissions are in the way. */
const codes = new Set(
  ["EACCES", "EDQUOT", "EFBIG", "EIO", "EMFILE", "ENFILE", "ENOSPC", "EPERM", "EROFS", "ESTALE"],
);

/**
 * What to say of an error by which the system refuses a file or folder, wherever that was; null of
 * another, which is a fault of csn's.
 */
export function systemRefusal(error: Error): string | null {
  if (!("code" in error) || !codes.has(String(error.code))) return null;
  return `Cannot go on: ${error.message}; ${
    spaceAdvice(error)
  }check the disk, its permissions and the limit on open files`;
}
