/** What the logs of a run have in common: files to which each epoch adds a line. */
import { CsnError, messageOf } from "../base/errors.ts";

/**
 * Adds to a file, made where there is none, what `text` gives; it is on the disk when the promise
 * resolves. Throws a CsnError when it cannot be written.
 */
export async function appendText(path: string, text: (isNew: boolean) => string): Promise<void> {
  try {
    using file = await Deno.open(path, { append: true, create: true });
    const bytes = new TextEncoder().encode(text((await file.stat()).size === 0));
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  } catch (error) {
    throw new CsnError(`Cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** A file's text; null where there is none. Throws a CsnError for one that cannot be read. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new CsnError(`Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** The lines of a text, without their ends. */
export function linesOf(text: string): string[] {
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all;
}

/** All lines but a last one that `parse` throws for: a kill cut it short. */
export function wholeLines(
  all: readonly string[],
  parse: (line: string) => unknown,
): readonly string[] {
  try {
    if (all.length > 0) parse(all[all.length - 1]);
    return all;
  } catch {
    return all.slice(0, -1);
  }
}

/** The members of what JSON gave; none of what is no object. */
export function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
