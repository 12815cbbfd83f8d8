import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { isFile, someOf } from "../files/exists.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import type { Model } from "./model.ts";

/** Images that are called by their numbers: row i belongs to image number i. */
export interface NumberedImages {
  /** What they are, for messages: "the set data/fonts". */
  readonly of: string;
  /** What each is called. */
  readonly names: readonly string[];
  /** Where each lies. */
  readonly files: readonly string[];
}

/** How images whose numbers count are embedded. */
export interface NumberedOptions {
  /** Receives progress, and a warning of images that are missing or cannot be decoded. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
  /**
   * Go on where images are missing or cannot be decoded: their rows hold NaN, so that all others
   * keep their numbers.
   * @default {false}
   */
  readonly allowMissing?: boolean;
}

/**
 * Embeds images so that row i is image number i. Throws a CsnError for images that are missing or
 * cannot be decoded, unless `allowMissing`.
 */
export async function embedNumbered(
  model: Model,
  { of, names, files }: NumberedImages,
  { listener, signal, allowMissing = false }: NumberedOptions = {},
): Promise<EmbeddingSet> {
  const refusal = (found: string) =>
    new CsnError(
      `Cannot embed ${of}: ${found}, so rows after it would lose their numbers; put it there again, or keep its row, of NaN, with \`allowMissing: true\``,
    );
  const isThere = await Promise.all(files.map(isFile));
  const missing = names.filter((_, image) => !isThere[image]);
  if (missing.length > 0 && !allowMissing) {
    throw refusal(
      `${missing.length} of its ${names.length} images are missing (${someOf(missing)})`,
    );
  }
  const unreadable = new Set(files.filter((_, image) => !isThere[image]));
  const made = await model.embed(files.filter((_, image) => isThere[image]), {
    listener,
    signal,
    onUnreadable: (file, reason) => {
      if (!allowMissing) throw refusal(reason);
      unreadable.add(file);
    },
  });
  const { dimension } = made;
  const vectors = new Float32Array(files.length * dimension).fill(NaN);
  let next = 0;
  files.forEach((file, image) => {
    if (!unreadable.has(file)) vectors.set(made.at(next++), image * dimension);
  });
  const lacking = names.filter((_, image) => unreadable.has(files[image]));
  if (lacking.length > 0) {
    listener?.warning?.(
      `${lacking.length} of the ${names.length} images of ${of} are missing or unreadable (${
        someOf(lacking)
      }): their rows hold NaN`,
    );
  }
  return new EmbeddingSet({ names, vectors, dimension });
}
