import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { extname } from "../files/paths.ts";
import { readEmbeddings } from "./embedding_file.ts";
import type { EmbeddingSet } from "./embedding_set.ts";
import { MappedEmbeddings } from "./mapped_embeddings.ts";
import type { Model } from "./model.ts";

/**
 * Embeddings of a file that `writeEmbeddings` wrote, to be searched by a model: `.safetensors` is
 * mapped, other formats are read. Throws a CsnError for those of another model; a warning says so
 * of a file that has no masks, because nothing then says which model it is of.
 */
export async function openOwnEmbeddings(
  model: Model,
  path: string,
  { listener }: { readonly listener?: Listener } = {},
): Promise<MappedEmbeddings | EmbeddingSet> {
  if (extname(path) !== ".safetensors") {
    const { embeddings, masks } = await readEmbeddings(path);
    assertOwn(model, path, { dimension: embeddings.dimension, masks }, listener);
    return embeddings;
  }
  using stack = new DisposableStack();
  const mapped = stack.use(await MappedEmbeddings.open(path));
  assertOwn(model, path, mapped, listener);
  stack.move();
  return mapped;
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
      `Cannot search among the embeddings in ${path} by the model ${model.path}: ${found}; embed the images with this model`,
    );
  if (dimension !== model.info.dimension) {
    throw wrong(`they have ${dimension} dimensions, the model has ${model.info.dimension}`);
  }
  if (masks.size === 0) {
    listener?.warning?.(
      `${path} has no masks, so nothing says which model made these embeddings; distances mean something only if it was ${model.path}`,
    );
    return;
  }
  const other = model.notions.find((notion) => !isSame(masks.get(notion), model.mask(notion)));
  if (other !== undefined) throw wrong("they are another model's, whose masks differ");
}

function isSame(found: Float32Array | undefined, own: Float32Array): boolean {
  return found !== undefined && own.every((value, d) => found[d] === value);
}
