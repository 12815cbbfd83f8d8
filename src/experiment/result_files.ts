import { CsnError } from "../base/errors.ts";
import { exists, removeAll } from "../files/exists.ts";
import { join } from "../files/paths.ts";

/** The experiments that leave results. */
export type Kind = "compare" | "sweep";

/**
 * What each kind's results say of themselves: a list in the JSON, and the first columns of the
 * table.
 */
const marks = {
  compare: { member: "variants", columns: ["variant", "minus", "seed", "notion", "error"] },
  sweep: { member: "points", columns: ["variant", "triplets", "seed", "error"] },
} as const;

/**
 * Examines the results of an experiment that lie in its folder, before work begins that replaces
 * them. Throws a CsnError for a file of such a name that csn did not write.
 */
export async function assertOwnResults(folder: string, kind: Kind): Promise<void> {
  const { member, columns } = marks[kind];
  const isOwn = {
    json: (text: string) => isResult(text, member),
    csv: (text: string) => text.startsWith(columns.join()),
  };
  for (const ending of ["json", "csv"] as const) {
    const file = join(folder, `${kind}.${ending}`);
    if (!await exists(file)) continue;
    const text = await Deno.readTextFile(file).catch(() => "");
    if (isOwn[ending](text)) continue;
    throw new CsnError(
      `Cannot write the results to ${file}: a file lies there that does not say csn wrote it; move it away, or choose another folder with \`out\``,
    );
  }
}

/** Removes the results of an experiment, of which the runs stay. */
export async function removeResults(folder: string, kind: Kind): Promise<void> {
  for (const ending of ["json", "csv"]) await removeAll(join(folder, `${kind}.${ending}`));
}

function isResult(text: string, member: string): boolean {
  try {
    const found = JSON.parse(text);
    return [1, 2].includes(found?.format) && Array.isArray(found.seeds) &&
      Array.isArray(found[member]);
  } catch {
    return false;
  }
}
