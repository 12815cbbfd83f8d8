import { imageFault, openPixels } from "../../images/decode_image.ts";
import type { PictureFiles } from "./picture_files.ts";

/** The longer side of a picture that is sent, at most, in pixels. */
const mostSide = 1600;

/** Larger ones are refused before they are decoded: they would take more than 600 MB. */
const mostPixels = 2e8;

/**
 * A picture as it is shown by itself: whole, turned as its EXIF orientation says, as WebP of at most
 * 1600 pixels a side. It is always encoded anew, so that nothing of a file but its pixels is sent:
 * no drawing that holds a program, no page, no place where it was taken. Throws a PictureFault.
 */
export async function wholePicture(
  files: PictureFiles,
  index: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await files.read(index);
  try {
    const image = await openPixels(bytes, mostPixels);
    const sized = image.resize(mostSide, mostSide, { fit: "inside", withoutEnlargement: true });
    return new Uint8Array(await sized.webp({ quality: 90, effort: 2 }).toBuffer());
  } catch (error) {
    throw files.broken(index, imageFault(error), error);
  }
}
