/** What a file to which lines are added held when it was last looked at, and what was added since. */
export class FollowedLines {
  readonly path: string;
  /** Another one whenever the file is no longer the one that grew: read all of it again. */
  generation = 0;
  readonly #lines: string[] = [];
  #identity = "";
  #size = 0;
  #rest = new Uint8Array(0);

  /** Follows the file at `path`; nothing is read yet. */
  constructor(path: string) {
    this.path = path;
  }

  /** All lines so far, without their ends; none where there is no file. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /**
   * Reads what was added. A line that is not ended yet is left for the next time. A file that was
   * replaced or has become shorter is read anew.
   */
  async look(): Promise<void> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(this.path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      if (this.#identity !== "") this.#forget("");
      return;
    }
    using _file = file;
    const { ino, birthtime, size } = await file.stat();
    // A number of a file on the disk is used again when the file is gone.
    const identity = `${ino} ${birthtime?.getTime()}`;
    if (identity !== this.#identity || size < this.#size) this.#forget(identity);
    if (size > this.#size) this.#take(await readFrom(file, this.#size, size));
  }

  #forget(identity: string): void {
    this.generation++;
    this.#lines.length = 0;
    this.#identity = identity;
    this.#size = 0;
    this.#rest = new Uint8Array(0);
  }

  #take(added: Uint8Array): void {
    this.#size += added.length;
    const bytes = new Uint8Array(this.#rest.length + added.length);
    bytes.set(this.#rest);
    bytes.set(added, this.#rest.length);
    // By bytes: half of a letter may stand at the end.
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.#rest = bytes.slice(end);
    if (end === 0) return;
    const text = new TextDecoder().decode(bytes.subarray(0, end - 1));
    for (const line of text.split("\n")) this.#lines.push(line);
  }
}

/** The bytes of a file from `from` to `to`, or to its end where it has become shorter. */
async function readFrom(file: Deno.FsFile, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from);
  await file.seek(from, Deno.SeekMode.Start);
  let at = 0;
  while (at < bytes.length) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, at);
}
