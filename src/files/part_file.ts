import { CsnError, messageOf } from "../base/errors.ts";
import { removeAll } from "./exists.ts";
import { writeWhole } from "./write_whole.ts";

/** What is known of the file that a part belongs to. */
interface Origin {
  readonly url: string;
  /**
   * Names this very version of the file: a strong ETag or a date; null when the server gave
   * neither.
   */
  readonly validator: string | null;
  /** Size of the whole file, null when the server did not say. */
  readonly total: number | null;
}

/**
 * What was received of a download: `<target>.part`, and `<target>.part.json` beside it, which names
 * the file that it is a part of. A part that cannot be continued is emptied.
 */
export class PartFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #target: string;
  readonly #url: string;
  #origin: Origin | null;
  #size: number;

  private constructor(
    file: Deno.FsFile,
    target: string,
    url: string,
    origin: Origin | null,
    size: number,
  ) {
    this.#file = file;
    this.#target = target;
    this.#url = url;
    this.#origin = origin;
    this.#size = size;
  }

  /**
   * Opens what has come of `url`, or an empty part. Throws a CsnError when it cannot be written.
   */
  static async open(target: string, url: string): Promise<PartFile> {
    const origin = await readOrigin(target);
    let file: Deno.FsFile;
    try {
      file = await Deno.open(PartFile.path(target), { read: true, write: true, create: true });
    } catch (error) {
      throw new CsnError(`Cannot write ${PartFile.path(target)}: ${messageOf(error)}`, {
        cause: error,
      });
    }
    const fits = origin !== null && origin.url === url && origin.validator !== null;
    if (!fits) await file.truncate(0);
    const size = await file.seek(0, Deno.SeekMode.End);
    return new PartFile(file, target, url, fits ? origin : null, size);
  }

  static path(target: string): string {
    return `${target}.part`;
  }

  /** Makes the part, which is whole and closed, the target. */
  static async land(target: string): Promise<void> {
    await Deno.rename(PartFile.path(target), target);
    await removeAll(originPath(target));
  }

  /** Removes a part that is of no use, and what is known of it. */
  static async discard(target: string): Promise<void> {
    await removeAll(PartFile.path(target));
    await removeAll(originPath(target));
  }

  /** Bytes that have come. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the whole file, null when not known. */
  get total(): number | null {
    return this.#origin?.total ?? null;
  }

  /**
   * Whether the server said which version of the file this is, so that the rest can be asked for.
   */
  get canGoOn(): boolean {
    return this.#size > 0 && (this.#origin?.validator ?? null) !== null;
  }

  /**
   * Headers that ask for the rest, or for the whole when the file has changed (RFC 9110, 13.1.5).
   */
  rangeHeaders(): Record<string, string> {
    if (!this.canGoOn) return {};
    return { "range": `bytes=${this.#size}-`, "if-range": this.#origin!.validator! };
  }

  /** Whether an answer of status 206 brings the rest of the same file. */
  continuesWith(headers: Headers): boolean {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
    if (range === null || this.#origin === null || Number(range[1]) !== this.#size) return false;
    const { validator, total } = this.#origin;
    const sameFile = validatorOf(headers) === validator;
    return sameFile && (total === null || range[2] === "*" || Number(range[2]) === total);
  }

  /** A whole file begins to come. */
  async begin(headers: Headers): Promise<void> {
    const length = headers.get("content-length");
    this.#origin = {
      url: this.#url,
      validator: validatorOf(headers),
      total: length === null || headers.has("content-encoding") ? null : Number(length),
    };
    await writeWhole(originPath(this.#target), JSON.stringify(this.#origin));
  }

  /** Throws a CsnError when the disk takes no more. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const written = await this.#file.write(bytes.subarray(done));
        done += written;
        this.#size += written;
      }
    } catch (error) {
      throw new CsnError(
        `Cannot write ${PartFile.path(this.#target)} after ${this.#size} bytes: ${
          messageOf(error)
        }`,
        { cause: error },
      );
    }
  }

  /** Forgets what has come. */
  async clear(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.seek(0, Deno.SeekMode.Start);
    this.#size = 0;
    this.#origin = null;
    await removeAll(originPath(this.#target));
  }

  /** Waits until all is on the disk. */
  async flush(): Promise<void> {
    await this.#file.sync();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function originPath(target: string): string {
  return `${target}.part.json`;
}

async function readOrigin(target: string): Promise<Origin | null> {
  try {
    const { url, validator, total } = JSON.parse(await Deno.readTextFile(originPath(target)));
    return { url, validator, total };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A weak ETag stands for files that are only alike, so it cannot join two halves. */
function validatorOf(headers: Headers): string | null {
  const etag = headers.get("etag");
  if (etag !== null && !etag.startsWith("W/")) return etag;
  return headers.get("last-modified");
}
