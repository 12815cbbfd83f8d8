/**
 * Parsers of option values; a wrong value names the option, what was found and what would be right.
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { userPath } from "./paths.ts";

/** `--pack-dir`: where decoded images are kept. */
export const packDirOption = new Option(
  "--pack-dir <dir>",
  "folder for decoded images (default: the set's own, or one in the cache where that cannot be written)",
).argParser(userPath);

/** `--threads`: of libtorch. */
export const threadsOption = new Option(
  "--threads <n>",
  "processor threads (default: OMP_NUM_THREADS, else one a core that csn may use)",
).argParser(wholeNumber(1));

/** `--runs`: where runs lie. */
export const runsOption = new Option(
  "--runs <dir>",
  "folder that holds runs (default: CSN_RUNS in the environment, else runs/ in csn's folder)",
).argParser(userPath);

/** A whole number of at least `least` and, where it is given, at most `most`. */
export function wholeNumber(least: number, most?: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const fits = Number.isSafeInteger(value) && value >= least && value <= (most ?? value);
    if (text.trim() === "" || !fits) {
      const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return value;
  };
}

/** The values of an option that may be given again. */
export function appended(text: string, before: readonly string[] | undefined): string[] {
  return [...before ?? [], text];
}

/** A finite number of at least `least`, or more than it with `above`. */
export function number(least: number, above = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (
      text.trim() === "" || !Number.isFinite(value) || value < least || (above && value === least)
    ) {
      throw new InvalidArgumentError(
        `It must be a number ${above ? "above" : "of at least"} ${least}.`,
      );
    }
    return value;
  };
}

/** One of some words. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) {
      throw new InvalidArgumentError(`It must be one of ${words.join(", ")}.`);
    }
    return found;
  };
}

/** A name that can be a folder in `runs/`: no path, so nothing outside is written. */
export function folderName(text: string): string {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._+@=-]*$/u.test(text)) {
    throw new InvalidArgumentError(
      "It must begin with a letter or digit and hold only letters, digits, spaces and . _ + @ = -",
    );
  }
  return text;
}

/** `--batch_size` and `--batch-size` are one option, as the reference code mixes both spellings. */
export function withDashes(args: readonly string[]): string[] {
  return args.map((arg) => {
    const match = /^--[a-z][a-z_-]*/.exec(arg);
    return match === null ? arg : match[0].replaceAll("_", "-") + arg.slice(match[0].length);
  });
}
