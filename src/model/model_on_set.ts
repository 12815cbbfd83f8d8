import type { ImageSet } from "../sets/image_set.ts";
import { type ModelFile, type ModelInfo, withoutNotions } from "./model_file.ts";
import { type TaughtNotion, taughtText } from "./taught_notion.ts";
import type { Listener } from "../base/listener.ts";

/** A model as far as a set has triplets of its notions. */
export interface ModelOnSet {
  /** The file without the notions that were taught and that the set does not have. */
  readonly file: ModelFile;
  /** Those. */
  readonly elsewhere: readonly TaughtNotion[];
}

/** The notions of a model that a set must have lists of: all but taught ones that it does not have. */
export function notionsOnSet({ notions, taught = [] }: ModelInfo, set: ImageSet): string[] {
  const isElsewhere = (name: string) =>
    !set.notions.includes(name) && taught.some(({ notion }) => notion === name);
  return notions.filter((notion) => !isElsewhere(notion));
}

/**
 * Leaves out of a model the taught notions that a set has no lists of: nothing can be measured of
 * them there. A notice says so of each, and of taught notions that the set has: the file does not
 * know about which images the answers were.
 */
export function modelOnSet(file: ModelFile, set: ImageSet, listener?: Listener): ModelOnSet {
  const { taught = [] } = file.info;
  const measured = notionsOnSet(file.info, set);
  const elsewhere = taught.filter(({ notion }) => !measured.includes(notion));
  for (const each of taught) {
    listener?.notice?.(
      elsewhere.includes(each)
        ? `${taughtText(each)}; ${set.folder} has no lists of it, so it is left out here`
        : `${each.notion} was taught: if its answers were about images that are measured here, its accuracy here is too high`,
    );
  }
  return { file: withoutNotions(file, elsewhere.map(({ notion }) => notion)), elsewhere };
}
