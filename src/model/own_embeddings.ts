import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { extname } from "../files/paths.ts";
import { learnsMasks } from "../network/variant.ts";
import { readEmbeddings } from "./embedding_file.ts";
import type { EmbeddingSet } from "./embedding_set.ts";
import { MappedEmbeddings } from "./mapped_embeddings.ts";
import type { Model } from "./model.ts";
import { otherMask } from "./other_mask.ts";

/**
 * Embeddings of a file that `writeEmbeddings` wrote, to be searched by a model: `.safetensors` is
 * mapped, other formats are read. Throws a CsnError for those of another model; a warning says so
 * where nothing tells which model it is of: without masks, and with masks that are not learned.
 */
export async function openOwnEmbeddings(
  model: Model,
  path: string,
  { listener }: { readonly listener?: Listener } = {},
): Promise<MappedEmbeddings | EmbeddingSet> {
  if (extname(path) !== ".safetensors") return await readOwnEmbeddings(model, path, { listener });
  using stack = new DisposableStack();
  const mapped = stack.use(await MappedEmbeddings.open(path));
  assertOwn(model, path, mapped, listener);
  stack.move();
  return mapped;
}

/** As `openOwnEmbeddings`, into memory whatever the format is. */
export async function readOwnEmbeddings(
  model: Model,
  path: string,
  { listener }: { readonly listener?: Listener } = {},
): Promise<EmbeddingSet> {
  const { embeddings, masks } = await readEmbeddings(path);
  assertOwn(model, path, { dimension: embeddings.dimension, masks }, listener);
  return embeddings;
}

function assertOwn(
  model: Model,
  path: string,
  { dimension, masks }: {
    readonly dimension: number;
    readonly masks: ReadonlyMap<string, Float32Array>;
  },
  listener: Listener | undefined,
): void {
  const wrong = (found: string) =>
    new CsnError(
      `Cannot use the embeddings in ${path} with the model ${model.path}: ${found}; pass the model that made them, or embed the images with this one`,
    );
  if (dimension !== model.info.dimension) {
    throw wrong(`they have ${dimension} dimensions, the model has ${model.info.dimension}`);
  }
  if (masks.size > 0 && otherMask(model, masks) !== null) {
    throw wrong("they are another model's, whose masks differ");
  }
  // Learned masks are one model's alone; others may be the same in several.
  if (masks.size > 0 && learnsMasks(model.info.variant)) return;
  listener?.warning?.(
    `${path} does not say which model made its embeddings; distances mean something only if it was ${model.path}`,
  );
}
