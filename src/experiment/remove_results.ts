import { removeAll } from "../files/exists.ts";
import { join } from "../files/paths.ts";

/** Removes the results of an experiment, of which the runs stay. */
export async function removeResults(folder: string, kind: "compare" | "sweep"): Promise<void> {
  for (const ending of ["json", "csv"]) await removeAll(join(folder, `${kind}.${ending}`));
}
