/** Sets made of small tables, whose lists are held against the values that are read back. */
import assert from "node:assert/strict";
import { openImageSet, splits } from "../../src/sets/image_set.ts";
import { makeTriplets, type MakeTripletsOptions } from "../../src/sets/make/make_triplets.ts";
import { likeness } from "../../src/sets/make/notions/likeness.ts";
import type { SetReport } from "../../src/sets/make/set_report.ts";
import { readSetValues, type SetValues } from "../../src/sets/set_values.ts";
import { join } from "../../src/files/paths.ts";
import { readTriplets, writeEmptyImages } from "./table_set.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** Images of each table: 0.jpg to 149.jpg. */
export const count = 150;

/** A set that was made of a table. */
export interface Made {
  readonly set: string;
  readonly report: SetReport;
  readonly values: SetValues;
  /** The rule in set.json by column. */
  readonly rules: Record<string, Record<string, unknown>>;
}

/** Makes a set of rows of JSON Lines, and holds its lists against the values that are read back. */
export async function made(
  rows: (image: number) => Record<string, unknown>,
  options: Partial<MakeTripletsOptions>,
  use: (made: Made) => void | Promise<void> = () => {},
): Promise<void> {
  const lines = Array.from(
    { length: count },
    (_, i) => JSON.stringify({ image: `${i}.jpg`, ...rows(i) }) + "\n",
  );
  await madeOf("table.jsonl", lines.join(""), options, use);
}

/** The same of one column of CSV; cells are written as they are. */
export async function madeOfCells(
  column: string,
  cell: (image: number) => string,
  options: Partial<MakeTripletsOptions> = {},
  use: (made: Made) => void | Promise<void> = () => {},
): Promise<void> {
  const lines = Array.from({ length: count }, (_, i) => `${i}.jpg,${cell(i)}\n`);
  const text = `image,${column}\n${lines.join("")}`;
  await madeOf("table.csv", text, { notions: [column], ...options }, use);
}

/** The same of a table's whole text. */
export async function madeOf(
  name: string,
  text: string,
  options: Partial<MakeTripletsOptions>,
  use: (made: Made) => void | Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "images"), count);
  await Deno.writeTextFile(join(folder.path, name), text);
  const set = join(folder.path, "set");
  const report = await makeTriplets(set, {
    images: join(folder.path, "images"),
    attributes: join(folder.path, name),
    triplets: { train: 200, val: 30, test: 60 },
    shares: { train: 50, val: 25, test: 25 },
    ...options,
  });
  const values = (await readSetValues(await openImageSet(set)))!;
  for (const { name } of report.notions) await assertSame(set, name, values);
  const { made } = JSON.parse(await Deno.readTextFile(join(set, "set.json")));
  await use({ set, report, values, rules: made.rules });
}

/** Every triplet's images are alike and unlike by the values that are read back. */
async function assertSame(set: string, notion: string, { attributes }: SetValues): Promise<void> {
  for (const split of splits) {
    for (const [anchor, far, near] of await readTriplets(set, notion, split, count)) {
      assert.equal(likeness(attributes.get(notion)!, anchor, near), "alike");
      assert.equal(likeness(attributes.get(notion)!, anchor, far), "unlike");
    }
  }
}

/** How many images each value of the first notion has. */
export function valuesOf({ report }: Made): Record<string, number> {
  return Object.fromEntries(report.notions[0].values.map(({ value, images }) => [value, images]));
}
