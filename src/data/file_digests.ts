import { createHash } from "node:crypto";
import type { Listener } from "../listener.ts";
import type { ImageSet } from "./image_set.ts";
import { imagePath, type ImageSurvey } from "./survey_images.ts";

/** Files read at a time. */
const filesAtOnce = 32;

/** So many files take more than a moment. */
const worthTelling = 1_000;

/** SHA-256 of a file's bytes. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Stands for the bytes of a file that cannot be read. */
export const noBytes = "";

/** One digest of many files, in order: that of the files before (at first ""), and those of some more. */
export function chainDigests(before: string, digests: readonly string[]): string {
  return digests.reduce(
    (chain, digest) => createHash("sha256").update(`${chain} ${digest}`).digest("hex"),
    before,
  );
}

/** One digest of the first `total` files of a set, for which each is read: some seconds for 50,000. */
export async function digestFiles(
  set: ImageSet,
  survey: ImageSurvey,
  total: number,
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<string> {
  let chain = "";
  for (let done = 0; done < total;) {
    signal?.throwIfAborted();
    const some = Math.min(filesAtOnce, total - done);
    const digests = await Promise.all(
      Array.from({ length: some }, async (_, i) => {
        const bytes = await Deno.readFile(imagePath(set, survey, done + i)).catch(() => null);
        return bytes === null ? noBytes : digestOf(bytes);
      }),
    );
    chain = chainDigests(chain, digests);
    done += some;
    if (total < worthTelling) continue;
    listener?.progress?.({ what: "Comparing images with their pack", done, total, unit: "images" });
  }
  return chain;
}
