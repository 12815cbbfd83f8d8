import { makeTriplets, type MakeTripletsOptions } from "../../src/sets/make/make_triplets.ts";
import type { SetReport } from "../../src/sets/make/set_report.ts";
import { dirname, join } from "../../src/files/paths.ts";
import { readAttributes } from "./table_set.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** A table with images beside it, from which sets are made. */
export class TableCase implements AsyncDisposable {
  readonly #folder: TemporaryFolder;
  readonly #table: string | undefined;

  private constructor(folder: TemporaryFolder, table: string | undefined) {
    this.#folder = folder;
    this.#table = table;
  }

  /** The images are empty files: what only looks for images does not open them. */
  static async make(
    images: readonly string[],
    table?: string | Uint8Array,
    name = "table.csv",
  ): Promise<TableCase> {
    const folder = await TemporaryFolder.make();
    await Deno.mkdir(join(folder.path, "images"));
    for (const image of images) {
      const file = join(folder.path, "images", image);
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeFile(file, new Uint8Array());
    }
    const file = table === undefined ? undefined : join(folder.path, name);
    if (typeof table === "string") await Deno.writeTextFile(file!, table);
    else if (table !== undefined) await Deno.writeFile(file!, table);
    return new TableCase(folder, file);
  }

  /** Makes the set anew. */
  async build(options: Partial<MakeTripletsOptions> = {}): Promise<SetReport> {
    return await makeTriplets(this.set, {
      images: this.images,
      attributes: this.#table,
      triplets: { train: 20, val: 5, test: 5 },
      ...(options.splitColumn === undefined ? { shares: { train: 2, val: 1, test: 1 } } : {}),
      overwrite: true,
      ...options,
    });
  }

  get set(): string {
    return join(this.#folder.path, "set");
  }

  get images(): string {
    return join(this.#folder.path, "images");
  }

  /** What the set says of each image, by its file. */
  async attributes(): Promise<Record<string, Record<string, string>>> {
    const rows = await readAttributes(this.set);
    return Object.fromEntries(rows.map(({ file, ...values }) => [file, values]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}
