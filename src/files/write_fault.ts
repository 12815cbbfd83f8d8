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

/** "free some disk space, or " where that may help, to stand before other advice. */
export function spaceAdvice(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return /no space left|quota|os error (?:28|122)|ENOSPC|EDQUOT/i.test(message)
    ? "free some disk space, or "
    : "";
}
