import { CsnError, reasonOf } from "../base/errors.ts";
import { join, resolve } from "../files/paths.ts";
import { tryWriting } from "../files/write_whole.ts";

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
