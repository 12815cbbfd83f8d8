import { dirname, fromFileUrl, join, resolve } from "../paths.ts";

/** The folder of csn itself: where `data/` and `runs/` lie. */
export const projectFolder: string = dirname(dirname(dirname(fromFileUrl(import.meta.url))));

/** A path flag means the folder that the user stands in, not the one that `deno task` changes to. */
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
  return /^[\w.-]+$/.test(given) && !given.startsWith(".") && !isFolder(userPath(given))
    ? dataFolder(given)
    : userPath(given);
}

/** The folder of the run called `name`. */
export function runPath(name: string): string {
  return join(projectFolder, "runs", name);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
