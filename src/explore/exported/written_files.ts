import { dirname, join } from "../../files/paths.ts";

/** Files that are written below a folder: which, and how large they are. */
export class WrittenFiles {
  /** Their paths below the folder. */
  readonly paths: string[] = [];
  /** Bytes of all. */
  size = 0;
  readonly #folder: string;

  /** None yet. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a file, and returns its path. */
  async write(path: string, content: Uint8Array | string): Promise<string> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const file = join(this.#folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, bytes);
    this.paths.push(path);
    this.size += bytes.length;
    return path;
  }

  /** Writes JSON. */
  async json(path: string, value: unknown): Promise<string> {
    return await this.write(path, JSON.stringify(value));
  }
}
