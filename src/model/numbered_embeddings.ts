import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { allOrNone } from "../distributed/all_or_none.ts";
import { heardListener } from "../distributed/heard_listener.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { assertSameEverywhere } from "../distributed/same_everywhere.ts";
import { isFile, someOf } from "../files/exists.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import type { Model } from "./model.ts";
import { imageFacts } from "./shared_embedding.ts";

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
  /**
   * Processes that embed together, each of which calls this with the same model and images: each
   * decodes and embeds its part, and all get all embeddings; rank 0 alone is heard of.
   */
  readonly group?: ProcessGroup;
}

/**
 * Embeds images so that row i is image number i. Throws a CsnError for images that are missing or
 * cannot be decoded, unless `allowMissing`.
 */
export async function embedNumbered(
  model: Model,
  { of, names, files }: NumberedImages,
  { signal, allowMissing = false, group, ...options }: NumberedOptions = {},
): Promise<EmbeddingSet> {
  const listener = heardListener(group, options.listener);
  const refusal = (found: string) =>
    new CsnError(
      `Cannot embed ${of}: ${found}, so rows after it would lose their numbers; put it there again, or keep its row, of NaN, with \`allowMissing: true\``,
    );
  if (group !== undefined) {
    await assertSameEverywhere(group, {
      ...imageFacts(names.map((name, image) => ({ name, source: files[image] }))),
      "`allowMissing`": String(allowMissing),
    }, `Cannot embed ${of} together`);
  }
  const isThere = await Promise.all(files.map(isFile));
  const missing = names.filter((_, image) => !isThere[image]);
  // Together, so that it is said once and no rank goes on alone.
  await allOrNone(group ?? null, () => {
    if (missing.length === 0 || allowMissing) return;
    throw refusal(
      `${missing.length} of its ${names.length} images are missing (${someOf(missing)})`,
    );
  });
  const unreadable = new Set(files.filter((_, image) => !isThere[image]));
  const made = await model.embed(files.filter((_, image) => isThere[image]), {
    listener,
    signal,
    group,
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
