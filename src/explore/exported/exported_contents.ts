import { isObject } from "../../base/json_values.ts";
import { filesBelow } from "../../files/exists.ts";
import { join } from "../../files/paths.ts";
import type { FolderContents } from "../../sets/set_contents.ts";
import { manifestName } from "./format.ts";

/** Looks through a folder: whether it is an exported page, and what in it is none of its files. */
export async function exportedContents(folder: string): Promise<FolderContents> {
  const files = await filesOf(folder);
  const all = (await filesBelow(folder)).sort();
  if (files === null) return { isOfKind: false, foreign: all };
  const own = new Set([manifestName, ...files]);
  // What a file manager leaves in every folder that is looked at.
  const isOwn = (path: string) => own.has(path) || /(^|\/)(\.DS_Store|Thumbs\.db)$/.test(path);
  return { isOfKind: true, foreign: all.filter((path) => !isOwn(path)) };
}

/** The files that an exported page says it has; null where there is none. */
async function filesOf(folder: string): Promise<readonly unknown[] | null> {
  try {
    const manifest: unknown = JSON.parse(await Deno.readTextFile(join(folder, manifestName)));
    const isOne = isObject(manifest) && typeof manifest.format === "number" &&
      Array.isArray(manifest.files) && isObject(manifest.explored);
    return isOne ? manifest.files as unknown[] : null;
  } catch {
    return null;
  }
}
