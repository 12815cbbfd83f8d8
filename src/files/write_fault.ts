import { reasonOf } from "../base/errors.ts";
import { seenAt } from "./exists.ts";
import { dirname, resolve } from "./paths.ts";

/** Why the file `path` could not be written: a file where a folder should be, else what the system says. */
export function writeFault(path: string, thrown: unknown): string {
  const whole = resolve(path);
  for (let folder = dirname(whole); folder !== dirname(folder); folder = dirname(folder)) {
    const info = seenAt(folder);
    if (info?.isDirectory) break;
    if (info !== null) return `${folder} is a file, not a folder`;
  }
  return reasonOf(thrown);
}

/** Advice on space where that may help, such as "free some disk space, or ", to stand before other. */
export function spaceAdvice(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  // A limit of the shell's or of the disk's on the size of one file.
  if (/file too large|os error 27|EFBIG/i.test(message)) {
    return "free some disk space or raise the limit on the size of files (ulimit -f), or ";
  }
  return /no space left|quota|os error (?:28|122)|ENOSPC|EDQUOT/i.test(message)
    ? "free some disk space, or "
    : "";
}
