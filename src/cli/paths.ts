import { seenAt } from "../files/exists.ts";
import { dirname, fromFileUrl, join, resolve } from "../files/paths.ts";

/** The folder of csn itself: where `data/` lies, and `runs/` unless another folder is chosen. */
export const projectFolder: string = dirname(dirname(dirname(fromFileUrl(import.meta.url))));

/**
 * A path flag means the folder that the user stands in, not the one that `deno task` changes to.
 */
export function userPath(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}

/** Where data sets lie that are called by name. */
export function dataFolder(name: string): string {
  return join(projectFolder, "data", name);
}

/** How a path is shown to the user: relative to where they stand when it lies below. */
export function shownPath(path: string): string {
  const here = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  return path.startsWith(here + "/") ? path.slice(here.length + 1) : path;
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
