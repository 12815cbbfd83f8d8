import type { Listener } from "../../base/listener.ts";
import type { Pack } from "./pack.ts";

/**
 * Bytes of a digest. A double holds 48 bits exactly, and base64 needs eight letters without
 * padding.
 */
export const digestBytes = 6;

/** Pixels read at a time: each chunk is hashed off the event loop. */
const chunkBytes = 8 * 2 ** 20;

/**
 * The first 48 bits of the SHA-256 of each image's decoded pixels, as whole numbers in the order of
 * `images`. Two pictures that differ share one with a chance of 1 in 2.8e14. Images that could not
 * be decoded have 0. Reads the pack in chunks of 8 MB; throws the signal's reason when it is
 * aborted.
 */
export async function imageDigests(
  { path, imageSize, unreadable }: Pack,
  images: Uint32Array,
  options: { readonly listener?: Listener; readonly signal?: AbortSignal } = {},
): Promise<Float64Array> {
  const bytes = 3 * imageSize ** 2;
  const digests = new Float64Array(images.length);
  const lost = new Set(unreadable.map(({ image }) => image));
  const places = Uint32Array.from(images.keys()).filter((place) => !lost.has(images[place]))
    .sort((a, b) => images[a] - images[b]);
  const atOnce = Math.max(1, Math.floor(chunkBytes / bytes));
  using file = await Deno.open(path);
  for (let done = 0; done < places.length;) {
    options.signal?.throwIfAborted();
    const first = images[places[done]];
    let end = done;
    while (end < places.length && images[places[end]] < first + atOnce) end++;
    const some = places.subarray(done, end);
    const count = images[places[end - 1]] - first + 1;
    const pixels = await readAt(file, first * bytes, count * bytes);
    await Promise.all(Array.from(some, async (place) => {
      const at = (images[place] - first) * bytes;
      digests[place] = await digestOf(pixels.subarray(at, at + bytes));
    }));
    done = end;
    options.listener?.progress?.({
      what: "Remembering images",
      done,
      total: places.length,
      unit: "images",
    });
  }
  return digests;
}

async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) throw new RangeError(`The pack ends ${length - at} bytes early`);
    at += read;
  }
  return bytes;
}

async function digestOf(pixels: Uint8Array<ArrayBuffer>): Promise<number> {
  const hash = new DataView(await crypto.subtle.digest("SHA-256", pixels));
  return hash.getUint32(0) * 2 ** 16 + hash.getUint16(4);
}
