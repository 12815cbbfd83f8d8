/** The run of the model that is explored, and those in the folder around it. */
import { isObject } from "../base/json_values.ts";
import { basename, dirname, join } from "../files/paths.ts";
import { withVariant } from "../model/stored_variant.ts";

/** A run of which there are metrics. */
export interface FoundRun {
  /** The name of its folder. */
  readonly name: string;
  readonly folder: string;
}

/** What a run's config.json says of it; null where it does not. */
export interface RunSays {
  readonly variant: string | null;
  readonly notions: readonly string[] | null;
  /** Epochs that it is to have. */
  readonly epochs: number | null;
}

/**
 * The run in `folder`, then those in the folder around it, by name. Links are no runs: what they
 * lead to may lie elsewhere. None where `folder` is no run's.
 */
export async function runsBeside(folder: string): Promise<FoundRun[]> {
  if (!await hasMetrics(folder)) return [];
  const around = dirname(folder);
  const own = { name: basename(folder), folder };
  const names = await Array.fromAsync(
    Deno.readDir(around),
    ({ name, isDirectory }) => isDirectory && name !== own.name ? [name] : [],
  ).catch(() => []);
  const found: FoundRun[] = [own];
  for (const name of names.flat().sort()) {
    const beside = join(around, name);
    if (await hasMetrics(beside)) found.push({ name, folder: beside });
  }
  return found;
}

/** Whether a folder is that of a run: its metrics lie in it, and are no link to elsewhere. */
async function hasMetrics(folder: string): Promise<boolean> {
  const found = await Deno.lstat(join(folder, "metrics.jsonl")).catch(() => null);
  return found?.isFile === true;
}

/** What the run in `folder` says of itself. */
export async function runSays(folder: string): Promise<RunSays> {
  const { variant, notions, epochs } = withVariant(await configOf(folder));
  const areTexts = Array.isArray(notions) && notions.every((each) => typeof each === "string");
  return {
    variant: typeof variant === "string" ? variant : null,
    notions: areTexts ? notions : null,
    epochs: typeof epochs === "number" ? epochs : null,
  };
}

async function configOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const said: unknown = JSON.parse(await Deno.readTextFile(join(folder, "config.json")));
    return isObject(said) ? said : {};
  } catch {
    // Curves are shown all the same.
    return {};
  }
}
