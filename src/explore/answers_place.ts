import { CsnError, reasonOf } from "../base/errors.ts";
import { join, resolve } from "../files/paths.ts";
import { tryWriting } from "../files/write_whole.ts";
import { isNotionName } from "../sets/set_file.ts";
import { RequestError } from "../service/request_error.ts";

/** The folder that answers and marks are written to. */
export interface AnswersPlace {
  /** Absolute. */
  readonly folder: string;
  /** Why nothing can be written there; null where it can. */
  readonly refusal: string | null;
}

/**
 * Where answers go: the folder that is given, which is made where there is none, or else that of
 * the run. Throws a CsnError where the given one cannot be written; of a run's that is just known.
 */
export async function findAnswersPlace(run: string, given?: string): Promise<AnswersPlace> {
  const folder = resolve(given ?? run);
  try {
    if (given !== undefined) await Deno.mkdir(folder, { recursive: true });
    await tryWriting(join(folder, "answers"));
    return { folder, refusal: null };
  } catch (error) {
    const found = `Cannot keep answers in ${folder}: ${reasonOf(error)}`;
    if (given === undefined) {
      const refusal = `${found}; name a folder that can be written with \`answers\``;
      return { folder, refusal };
    }
    throw new CsnError(`${found}; choose another folder with \`answers\``, { cause: error });
  }
}

/** Throws a RequestError where nothing can be written. */
export function assertKept({ refusal }: AnswersPlace): void {
  if (refusal !== null) throw new RequestError(409, refusal);
}

/**
 * The notions that files in the folder are called by, such as `answers_` NOTION `.txt`, in the
 * order of the alphabet.
 */
export async function notionsOfFiles(
  { folder }: AnswersPlace,
  begin: string,
  ending: string,
): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !name.startsWith(begin) || !name.endsWith(ending)) continue;
      const notion = name.slice(begin.length, name.length - ending.length);
      if (isNotionName(notion)) found.push(notion);
    }
  } catch {
    // A folder that cannot be read has no answers for us; that it cannot be written is said.
  }
  return found.sort();
}
