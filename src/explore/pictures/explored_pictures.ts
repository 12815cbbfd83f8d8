import { messageOf } from "../../base/errors.ts";
import type { Listener } from "../../base/listener.ts";
import { cacheFolder } from "../../files/cache.ts";
import { join } from "../../files/paths.ts";
import type { Fit } from "../../images/fit.ts";
import type { ImageSet } from "../../sets/image_set.ts";
import { type Pack, readyPack } from "../../sets/pack/pack.ts";
import type { AtlasFineness } from "../atlas_plan.ts";
import { Atlas } from "./atlas.ts";
import type { PictureFault } from "./picture_fault.ts";
import { PictureFiles, type PicturePlaces } from "./picture_files.ts";
import { SquarePictures } from "./square_pictures.ts";

/** What the pictures are of. */
export interface PictureOwner extends PicturePlaces {
  /** The model, by whose size and fit a pack is known. */
  readonly model: { readonly info: { readonly imageSize: number; readonly fit: Fit } };
  /** The image set; null where there is none. */
  readonly set: ImageSet | null;
}

/** The pictures of what is explored. Where a pack of them lies is found out when it is asked for. */
export class ExploredPictures {
  /** Their files. */
  readonly files: PictureFiles;
  readonly #owner: PictureOwner;
  readonly #listener: Listener;
  #squares: Promise<SquarePictures> | null = null;

  constructor(owner: PictureOwner, listener: Listener = {}) {
    this.files = new PictureFiles(owner);
    this.#owner = owner;
    this.#listener = listener;
  }

  /** The pictures as squares. */
  squares(): Promise<SquarePictures> {
    return this.#squares ??= this.#findSquares();
  }

  /** An atlas of some images, in their order. */
  async atlas(images: ArrayLike<number>): Promise<Atlas> {
    return new Atlas(images, await this.squares(), {
      folder: join(cacheFolder(), "explore", "atlases"),
      onUnkept: (text) => this.#listener.warning?.(text),
    });
  }

  /**
   * An atlas of some images that is not kept; `onLost` says why a picture is crossed out on a sheet
   * that is drawn.
   */
  async unkeptAtlas(
    images: ArrayLike<number>,
    options: {
      readonly fineness: AtlasFineness;
      readonly onLost: (image: number, fault: PictureFault) => void;
    },
  ): Promise<Atlas> {
    return new Atlas(images, await this.squares(), {
      folder: null,
      onUnkept: () => {},
      ...options,
    });
  }

  async #findSquares(): Promise<SquarePictures> {
    const { model: { info } } = this.#owner;
    return new SquarePictures(this.files, await this.#pack(), info.fit);
  }

  /** The set's pack that the model was trained on; null where it is not there, or not ready. */
  async #pack(): Promise<Pack | null> {
    const { set, model: { info } } = this.#owner;
    if (set === null) return null;
    try {
      return await readyPack(set, info.imageSize, { fit: info.fit });
    } catch (error) {
      this.#listener.warning?.(`Pictures are shown from their files: ${messageOf(error)}`);
      return null;
    }
  }
}
