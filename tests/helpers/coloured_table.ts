import { makeTriplets, type MakeTripletsOptions } from "../../src/sets/make/make_triplets.ts";
import { join } from "../../src/files/paths.ts";
import { writeEmptyImages } from "./table_set.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** How many images there are. */
export const images = 60;

/** Triplets of each notion. */
export const counts = { train: 50, val: 10, test: 20 };

/** 60 images: their colour goes red, green, blue; their size 0 to 19; brands of five images each. */
export function rows(): string[][] {
  return Array.from({ length: images }, (_, image) => [
    `${image}.jpg`,
    ["red", "green", "blue"][image % 3],
    String(image % 20),
    `b${Math.floor(image / 5)}`,
  ]);
}

/** The table with its images beside it. */
export class ColouredTable implements AsyncDisposable {
  readonly folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.folder = folder;
  }

  static async make(
    table: readonly string[][] = rows(),
    name = "table.csv",
  ): Promise<ColouredTable> {
    const folder = await TemporaryFolder.make();
    await writeEmptyImages(join(folder.path, "images"), images);
    const lines = [["image", "colour", "size", "brand"], ...table].map((row) => row.join(","));
    await Deno.writeTextFile(join(folder.path, name), lines.join("\n"));
    return new ColouredTable(folder);
  }

  get set(): string {
    return join(this.folder.path, "set");
  }

  async build(options: Partial<MakeTripletsOptions> = {}) {
    return await makeTriplets(this.set, {
      images: join(this.folder.path, "images"),
      attributes: join(this.folder.path, "table.csv"),
      notions: ["colour"],
      triplets: counts,
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}
