import type { ImageSet } from "../sets/image_set.ts";
import { type ModelFile, withoutNotions } from "./model_file.ts";
import { type TaughtNotion, taughtText } from "./taught_notion.ts";
import type { Listener } from "../base/listener.ts";

/** A model as far as a set has triplets of its notions. */
export interface ModelOnSet {
  /** The file without the notions that were taught and that the set does not have. */
  readonly file: ModelFile;
  /** Those. */
  readonly elsewhere: readonly TaughtNotion[];
}

/**
 * Leaves out of a model the taught notions that a set has no lists of: nothing can be measured of
 * them there. A notice says so of each, and of taught notions that the set has: the file does not
 * know about which images the answers were.
 */
export function modelOnSet(file: ModelFile, set: ImageSet, listener?: Listener): ModelOnSet {
  const { taught = [] } = file.info;
  const elsewhere = taught.filter(({ notion }) => !set.notions.includes(notion));
  for (const each of taught) {
    listener?.notice?.(
      elsewhere.includes(each)
        ? `${taughtText(each)}; ${set.folder} has no lists of it, so it is left out here`
        : `${each.notion} was taught: if its answers were about images that are measured here, its accuracy here is too high`,
    );
  }
  return { file: withoutNotions(file, elsewhere.map(({ notion }) => notion)), elsewhere };
}
