import { createHash } from "node:crypto";
import { CsnError } from "../../base/errors.ts";
import { join } from "../../files/paths.ts";
import { writeFault } from "../../files/write_fault.ts";
import { writeWhole } from "../../files/write_whole.ts";
import type { LayoutTask } from "./layout_task.ts";

/** Bytes of the digest behind a layout. */
const digestBytes = 32;

/** Changes when `layOut` comes to other places than before. */
const method = "umap 1";

/** Layouts that were computed before, one a file in a folder, named after all that decides them. */
export class LayoutCache {
  readonly #folder: string;

  /** A cache in `folder`, which is made when there is something to keep. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The layout [n, 2] of a task; null when it is not known, or its file is damaged or
   * unreadable.
   */
  async get(task: LayoutTask): Promise<Float32Array | null> {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await Deno.readFile(this.#file(task));
    } catch {
      // What cannot be read is made anew; `put` says what is wrong with the folder.
      return null;
    }
    const length = 8 * task.points.length / task.dimension;
    if (bytes.length !== length && bytes.length !== length + digestBytes) return null;
    const layout = new Float32Array(bytes.buffer, 0, length / 4);
    // Early versions wrote no digest.
    const isWhole = bytes.length === length
      ? layout.every(Number.isFinite)
      : digestOf(layout) === bytes.subarray(length).toHex();
    return isWhole ? layout : null;
  }

  /** Keeps a layout. */
  async put(task: LayoutTask, layout: Float32Array): Promise<void> {
    try {
      await Deno.mkdir(this.#folder, { recursive: true });
    } catch (error) {
      throw new CsnError(
        `Cannot keep layouts in "${this.#folder}": ${
          writeFault(this.#folder, error)
        }; check the disk and its permissions`,
        { cause: error },
      );
    }
    await writeWhole(this.#file(task), [bytesOf(layout), Uint8Array.fromHex(digestOf(layout))]);
  }

  #file({ points, dimension, settings }: LayoutTask): string {
    const { neighbours, minimumDistance, epochs, seed, sample } = settings;
    const sampled = sample === undefined ? [] : [sample];
    const key = createHash("sha256")
      .update(
        JSON.stringify([method, dimension, neighbours, minimumDistance, epochs, seed, ...sampled]),
      )
      .update(bytesOf(points))
      .digest("hex").slice(0, 32);
    return join(this.#folder, `${key}.f32`);
  }
}

function digestOf(layout: Float32Array): string {
  return createHash("sha256").update(bytesOf(layout)).digest("hex");
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
