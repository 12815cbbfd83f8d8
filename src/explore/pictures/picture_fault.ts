import { CsnError } from "../../base/errors.ts";

/** Why a picture cannot be shown. */
export type PictureState =
  /** Nothing says where its file lies. */
  | "unknown"
  /** There is no such file. */
  | "gone"
  /** Its file lies outside the folder that is explored. */
  | "outside"
  /** Its file cannot be decoded. */
  | "broken";

/** A picture that cannot be shown. */
export class PictureFault extends CsnError {
  override readonly name: string = "PictureFault";

  /** In one word, for programs, and in a sentence. */
  constructor(readonly state: PictureState, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
