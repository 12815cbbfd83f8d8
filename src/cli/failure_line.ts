import { CsnError } from "../base/errors.ts";
import { commandWords } from "./command_words.ts";
import { isSilent, rankWords } from "./processes/own_place.ts";
import { StoppedError } from "./stopped_error.ts";
import { systemRefusal } from "./system_refusal.ts";

/**
 * What a command prints that fails: one line, with `verbose` also where; one of several processes
 * says which it is. That they were stopped, rank 0 says for all.
 */
export function failureLine(error: unknown, verbose: boolean): string {
  const isOfAll = error instanceof StoppedError && !isSilent();
  return (isOfAll ? "" : rankWords()) + failureText(error, verbose);
}

function failureText(error: unknown, verbose: boolean): string {
  if (error instanceof StoppedError) return `Stopped: ${error.message}`;
  if (!(error instanceof Error)) return `error: ${error}`;
  if (verbose) return `error: ${commandWords(error.stack ?? error.message)}`;
  if (error instanceof CsnError) return `error: ${commandWords(error.message)}`;
  const refusal = systemRefusal(error);
  if (refusal !== null) return `error: ${commandWords(refusal)}`;
  return `error: ${error.message} (unexpected; --verbose shows where)`;
}
