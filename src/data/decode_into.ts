import type { Listener } from "../listener.ts";
import { join } from "../paths.ts";
import { decodePixels, imageFault } from "./decode_image.ts";
import type { ImageSet } from "./image_set.ts";
import type { PackHeader, UnreadableImage } from "./pack_header.ts";
import type { ImageSurvey } from "./survey_images.ts";

/** Images in hand at a time: enough to keep the cores busy while files are read. */
const pipelines = Math.max(8, 2 * navigator.hardwareConcurrency);

/**
 * Decodes images from number `header.done` on into `pixels`, [n, imageSize, imageSize, 3], several at a
 * time. Returns how many are done: all n, or those before the signal came, without a gap. Pixels of
 * unreadable images stay as they are.
 */
export async function decodeInto(
  pixels: Uint8Array,
  set: ImageSet,
  { done: from, imageSize }: PackHeader,
  survey: ImageSurvey,
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<{ count: number; unreadable: UnreadableImage[] }> {
  const imageBytes = imageSize * imageSize * 3;
  const length = pixels.length / imageBytes;
  const unreadable: UnreadableImage[] = [];
  let taken = 0;
  let done = 0;
  const pipeline = async () => {
    while (taken < length && !signal?.aborted) {
      const at = taken++;
      const image = from + at;
      try {
        const bytes = await Deno.readFile(pathOf(set, survey, image));
        pixels.set(await decodePixels(bytes, imageSize), at * imageBytes);
      } catch (error) {
        unreadable.push({ image, file: set.imageFiles[image], reason: imageFault(error) });
      }
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
  return { count: taken, unreadable: unreadable.sort((a, b) => a.image - b.image) };
}

function pathOf(set: ImageSet, { elsewhere }: ImageSurvey, image: number): string {
  return elsewhere.get(image) ?? join(set.imageFolder, set.imageFiles[image]);
}
