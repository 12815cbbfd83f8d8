import { join, resolve } from "./paths.ts";

/**
 * What is at a path, by default the link itself where it is one; null when there is nothing, also
 * for links in a circle.
 */
export async function infoOf(path: string, look = Deno.lstat): Promise<Deno.FileInfo | null> {
  try {
    return await look(path);
  } catch (error) {
    if (isNowhere(error)) return null;
    throw error;
  }
}

/** What a path leads to, looked up at once; null when there is nothing. */
export function infoOfSync(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (isNowhere(error)) return null;
    throw error;
  }
}

/** Whether an error says that a path leads to nothing. */
export function isNowhere(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.FilesystemLoop;
}

/** Why a path leads to nothing: where it leads if it is a link, else `otherwise`. */
export async function absenceOf(path: string, otherwise: string): Promise<string> {
  const info = await infoOf(path);
  if (!info?.isSymlink) return otherwise;
  return `${path} is a link to ${await Deno.readLink(path)}, where there is nothing`;
}

/** What a path leads to, looked up at once; null also where it may not be looked at. */
export function seenAt(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch {
    return null;
  }
}

/** Whether anything is seen at a path, looked up at once. */
export function existsSync(path: string): boolean {
  return seenAt(path) !== null;
}

/** Whether a file or folder is there. */
export async function exists(path: string): Promise<boolean> {
  return await infoOf(path) !== null;
}

/** Whether a file, or what a link leads to, is a regular file. */
export async function isFile(path: string): Promise<boolean> {
  return (await infoOf(path, Deno.stat))?.isFile ?? false;
}

/** Whether a folder is there, or a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return (await infoOf(path, Deno.stat))?.isDirectory ?? false;
}

/** Removes a file or folder with all in it; nothing happens when there is none. */
export async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Whether a path, links followed, is a folder or lies in it; one that is not there lies nowhere.
 */
export async function isWithin(path: string, folder: string): Promise<boolean> {
  try {
    const [inner, outer] = await Promise.all([path, folder].map((each) => Deno.realPath(each)));
    return inner === outer || inner.startsWith(outer === "/" ? "/" : `${outer}/`);
  } catch (error) {
    if (isNowhere(error)) return false;
    throw error;
  }
}

/** The current folders: this process's and, where `deno task` changed it, the user's. */
export function currentFolders(): string[] {
  const variable = { name: "env", variable: "INIT_CWD" } as const;
  const mayRead = Deno.permissions.querySync(variable).state === "granted";
  const theirs = mayRead ? Deno.env.get("INIT_CWD") : undefined;
  return [Deno.cwd(), ...(theirs === undefined ? [] : [resolve(theirs)])];
}

/** All that is no folder, relative to `folder`. */
export async function filesBelow(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (isDirectory) files.push(...await filesBelow(folder, path));
    else files.push(path);
  }
  return files;
}

/** The first few paths, and how many there are more: "a.txt, b.txt and 3 more". */
export function someOf(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(", ");
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}
