/** Images that several processes decode and embed together. */
import { CsnError, messageOf } from "../base/errors.ts";
import { allOrNone } from "../distributed/all_or_none.ts";
import { partOfRows } from "../distributed/part_of_rows.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import type { Facts } from "../distributed/same_everywhere.ts";
import { seenAt } from "../files/exists.ts";
import { sha256 } from "../files/sha256.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ImageSource, NamedSource } from "./image_source.ts";

/** Embeddings of some images, without those that cannot be decoded. */
export interface SomeEmbedded {
  /** [n, D]; whoever gets them disposes of them. */
  readonly rows: Tensor;
  /** The positions of the images that are left out, ascending. */
  readonly unreadable: readonly number[];
}

/** Is called with the position of each image that cannot be decoded, in their order. */
export type OnUnreadable = (position: number, error: unknown) => void;

/** What must be the same of images on all ranks, or their parts are not those of one whole. */
export function imageFacts(images: readonly NamedSource[]): Facts {
  return {
    "the images": JSON.stringify(images.map(({ name }) => name)),
    "the images' bytes": images.map(({ source }) => bytesText(source)).join(" "),
  };
}

/** Of a file its size alone: that each rank read all of them is what several processes spare. */
function bytesText(source: ImageSource): string {
  if (typeof source !== "string") {
    return sha256(source instanceof Uint8Array ? source : source.pixels);
  }
  const info = seenAt(source);
  return info?.isFile ? String(info.size) : "missing";
}

/**
 * Each rank embeds its part of `images` by `embed`; all have all rows then, in their order.
 * `onUnreadable` is called on every rank with the images of all ranks. Where a rank fails or is
 * stopped, all of them throw, as in `allOrNone`.
 */
export async function embedParts<Source>(
  group: ProcessGroup,
  images: readonly Source[],
  { embed, onUnreadable, signal }: {
    readonly embed: (part: readonly Source[], onUnreadable: OnUnreadable) => Promise<SomeEmbedded>;
    readonly onUnreadable: OnUnreadable;
    readonly signal?: AbortSignal;
  },
): Promise<SomeEmbedded> {
  const [from, to] = partOfRows(images.length, group.place);
  const found: [position: number, reason: string][] = [];
  using made = new DisposableStack();
  const { rows } = await allOrNone(group, async () => {
    const own = await embed(
      images.slice(from, to),
      (position, error) => found.push([from + position, messageOf(error)]),
    );
    made.use(own.rows);
    return own;
  }, signal);
  const all = (await group.gatherTexts(JSON.stringify(found)))
    .flatMap((text) => JSON.parse(text) as typeof found);
  if (all.length > 0) {
    await allOrNone(group, () => {
      for (const [position, reason] of all) onUnreadable(position, new CsnError(reason));
    }, signal);
  }
  return { rows: await group.gatherRows(rows), unreadable: all.map(([position]) => position) };
}
