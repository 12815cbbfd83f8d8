import { shellWord } from "../base/shell_word.ts";
import { seenAt } from "../files/exists.ts";
import { dirname, fromFileUrl, join, resolve } from "../files/paths.ts";

/** The folder of csn itself: where `data/` and `runs/` lie unless other folders are chosen. */
export const projectFolder: string = dirname(dirname(dirname(fromFileUrl(import.meta.url))));

/**
 * A path flag means the folder that the user stands in, not the one that `deno task` changes to.
 */
export function userPath(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}

/** Where the set called `name` lies: in the folder that CSN_DATA names, or csn's own data/. */
export function dataFolder(name: string): string {
  const chosen = Deno.env.get("CSN_DATA");
  return join(chosen ? userPath(chosen) : join(projectFolder, "data"), name);
}

/**
 * How a path is shown to the user: relative to where they stand when it lies below. A name that
 * would look like an option begins with "./".
 */
export function shownPath(path: string): string {
  const here = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  if (!path.startsWith(here + "/")) return path;
  const below = path.slice(here.length + 1);
  return below.startsWith("-") ? `./${below}` : below;
}

/** An image set as a word of a printed command: as it was given, unless that looks like an option. */
export function setWord(given: string): string {
  return shellWord(given.startsWith("-") ? shownPath(dataPath(given)) : given);
}

/** An image set given as NAME or DIR: a bare name lies in `data/`, unless such a folder is here. */
export function dataPath(given: string): string {
  return /^[\w.-]+$/.test(given) && !given.startsWith(".") && !seenAt(userPath(given))?.isDirectory
    ? dataFolder(given)
    : userPath(given);
}

/**
 * The folder of the run called `name`: in `runs`, or the folder that CSN_RUNS names, or csn's own
 * runs/.
 */
export function runPath(name: string, runs?: string): string {
  const chosen = Deno.env.get("CSN_RUNS");
  return join(runs ?? (chosen ? userPath(chosen) : join(projectFolder, "runs")), name);
}
