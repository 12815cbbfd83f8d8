import type { Listener } from "../../base/listener.ts";
import { decodePixels, imageFault, loadSharp } from "../../images/decode_image.ts";
import type { Fit } from "../../images/fit.ts";
import { noBytes } from "../../files/file_digests.ts";
import { sha256 } from "../../files/sha256.ts";
import type { ImageSet } from "../image_set.ts";
import type { PackHeader, UnreadableImage } from "./pack_header.ts";
import { imagePath, type ImageSurvey } from "./survey_images.ts";

/** Images in hand at a time: enough to keep the cores busy while files are read. */
const pipelines = Math.max(8, 2 * navigator.hardwareConcurrency);

/**
 * Decodes images from number `header.done` on into `pixels`, [n, imageSize, imageSize, 3], several
 * at a time. Returns how many are done: all n, or those before the signal came, without a gap.
 * Pixels of unreadable images stay as they are. `digests` are those of the files, by which the same
 * bytes are known again.
 */
export async function decodeInto(
  pixels: Uint8Array,
  set: ImageSet,
  { done: from, imageSize }: PackHeader,
  fit: Fit,
  survey: ImageSurvey,
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<{ count: number; unreadable: UnreadableImage[]; digests: string[] }> {
  // A decoder that is missing is no fault of the images.
  await loadSharp();
  const imageBytes = imageSize * imageSize * 3;
  const length = pixels.length / imageBytes;
  const failed: number[] = [];
  const digests = new Array<string>(length).fill(noBytes);
  let taken = 0;
  let done = 0;
  const decode = async (at: number) => {
    const bytes = await Deno.readFile(imagePath(set, survey, from + at));
    digests[at] = sha256(bytes);
    pixels.set(await decodePixels(bytes, imageSize, { fit }), at * imageBytes);
  };
  const pipeline = async () => {
    while (taken < length && !signal?.aborted) {
      const at = taken++;
      await decode(at).catch(() => failed.push(at));
      done++;
      listener?.progress?.({
        what: "Decoding images",
        done: from + done,
        total: set.imageFiles.length,
        unit: "images",
      });
    }
  };
  await Promise.all(Array.from({ length: pipelines }, pipeline));
  const unreadable: UnreadableImage[] = [];
  // Once more, one at a time: libvips keeps the messages of all threads together, so that only now
  // they are sure to be about the image in hand.
  for (const at of failed.sort((a, b) => a - b)) {
    const [image, file] = [from + at, set.imageFiles[from + at]];
    await decode(at).catch((error) => unreadable.push({ image, file, reason: imageFault(error) }));
  }
  return { count: taken, unreadable, digests: digests.slice(0, taken) };
}
