import { listImages } from "../data/list_images.ts";
import type { Listener } from "../listener.ts";
import { join, relative } from "../paths.ts";
import { readEmbeddingSet, writeSet } from "./embedding_file.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import type { Model } from "./model.ts";

/**
 * Embeddings of all images below `folder`, named by their paths relative to it. They are kept in the
 * folder, in a hidden file of the model's, and used again while the model and the images (names, sizes,
 * times of change) are the same; where the folder cannot be written they are made anew each time. Images
 * that cannot be decoded are left out with a warning. Throws a CsnError when there is no image.
 */
export async function embedFolder(
  model: Model,
  folder: string,
  options: { readonly listener?: Listener; readonly signal?: AbortSignal } = {},
): Promise<EmbeddingSet> {
  const files = await listImages(folder);
  const paths = files.map((file) => join(folder, file));
  const stamp = await stampOf(model, paths);
  const path = join(folder, `.csn-${await digest(model.path)}.safetensors`);
  const kept = await readEmbeddingSet(path).catch(() => null);
  if (kept !== null && kept.stamp === stamp) return kept.embeddings;
  const made = await model.embed(paths, {
    ...options,
    onUnreadable: (_name, reason) => options.listener?.warning?.(`${reason}; it is left out`),
  });
  const names = made.names.map((name) => relative(folder, name));
  const embeddings = new EmbeddingSet(names, made.vectors, made.dimension);
  try {
    await writeSet(path, embeddings, model, stamp);
  } catch (error) {
    options.listener?.notice?.(
      `The embeddings are not kept for the next query: ${(error as Error).message}`,
    );
  }
  return embeddings;
}

async function stampOf(model: Model, files: readonly string[]): Promise<string> {
  const stats = await Promise.all([model.path, ...files].map((file) => Deno.stat(file)));
  const lines = stats.map(({ size, mtime }, i) =>
    `${i === 0 ? "" : files[i - 1]} ${size} ${mtime?.getTime()}`
  );
  return await digest(lines.join("\n"));
}

async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex().slice(0, 16);
}
