import { resolve } from "./paths.ts";

/** What lies at a path, by default itself where it is a link; null when there is nothing. */
export async function infoOf(path: string, look = Deno.lstat): Promise<Deno.FileInfo | null> {
  try {
    return await look(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

/** Whether a file or folder is there. */
export async function exists(path: string): Promise<boolean> {
  return await infoOf(path) !== null;
}

/** Whether a file, or what a link leads to, is a regular file. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes a file or folder with all in it; nothing happens when there is none. */
export async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether a path, links followed, is a folder or lies in it; one that is not there lies nowhere. */
export async function isWithin(path: string, folder: string): Promise<boolean> {
  try {
    const [inner, outer] = await Promise.all([path, folder].map((each) => Deno.realPath(each)));
    return inner === outer || inner.startsWith(outer === "/" ? "/" : `${outer}/`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The folders that the user stands in: this process's and, where `deno task` changed it, theirs. */
export function currentFolders(): string[] {
  const variable = { name: "env", variable: "INIT_CWD" } as const;
  const mayRead = Deno.permissions.querySync(variable).state === "granted";
  const theirs = mayRead ? Deno.env.get("INIT_CWD") : undefined;
  return [Deno.cwd(), ...(theirs === undefined ? [] : [resolve(theirs)])];
}
