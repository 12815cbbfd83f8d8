import { CsnError } from "../../../base/errors.ts";

/** A row of a set is one image. */
export function listOfImages(file: string, column: string): CsnError {
  return new CsnError(
    `Cannot take the images of ${file}: column "${column}" holds lists of images, and a row is one image; write a row for each image`,
  );
}
