import { CsnError, messageOf } from "../base/errors.ts";
import { commandWords } from "./command_words.ts";
import { StoppedError } from "./stopped_error.ts";

/** What a command prints that fails: one line, with `verbose` also where. */
export function failureLine(error: unknown, verbose: boolean): string {
  if (error instanceof StoppedError) return `Stopped: ${error.message}`;
  if (!(error instanceof Error)) return `error: ${error}`;
  if (verbose) return `error: ${commandWords(error.stack ?? error.message)}`;
  if (error instanceof CsnError) return `error: ${commandWords(error.message)}`;
  if (isOutOfHandles(error)) {
    return `error: Cannot open one more file: ${
      messageOf(error)
    }; raise the limit on open files (ulimit -n), and run it again`;
  }
  return `error: ${error.message} (unexpected; --verbose shows where)`;
}

/** Whether the system has no more open files to give, to this process or to any. */
function isOutOfHandles({ message }: Error): boolean {
  return /\(os error 2[34]\)|\b(?:EMFILE|ENFILE)\b/.test(message);
}
