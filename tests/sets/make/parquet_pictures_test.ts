/** Parquet files with pictures in other forms than Hugging Face's. */
import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { join } from "../../../src/files/paths.ts";
import { makeTriplets, type MakeTripletsOptions } from "../../../src/sets/make/make_triplets.ts";
import { readAttributes } from "../../helpers/table_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const rows = 60;
const colours = Array.from({ length: rows }, (_, row) => ["red", "green", "blue"][row % 3]);

/** What begins as a PNG does, and says its row. */
const pictures = Array.from(
  { length: rows },
  (_, row) => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, row),
);

const text = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const;
const bytes = { type: "BYTE_ARRAY", repetition_type: "OPTIONAL" } as const;

/** A column of pictures with their paths, as parts of a schema. */
function images(name: string) {
  return [
    { name, repetition_type: "OPTIONAL", num_children: 2 } as const,
    { name: "bytes", ...bytes },
    { name: "path", ...text },
  ];
}

type Schema = NonNullable<Parameters<typeof parquetWriteBuffer>[0]["schema"]>;

class Fixture implements AsyncDisposable {
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  /** `fields` are the columns besides "colour". */
  static async make(fields: Schema, columns: Record<string, unknown[]>): Promise<Fixture> {
    const folder = await TemporaryFolder.make();
    const columnData = [
      ...Object.entries(columns).map(([name, data]) => ({ name, data })),
      { name: "colour", data: colours },
    ];
    const root = { name: "root", num_children: columnData.length };
    const schema = [root, ...fields, { name: "colour", ...text }];
    const file = new Uint8Array(parquetWriteBuffer({ schema, columnData }));
    await Deno.writeFile(join(folder.path, "table.parquet"), file);
    return new Fixture(folder);
  }

  get set(): string {
    return join(this.#folder.path, "set");
  }

  async build(options: Partial<MakeTripletsOptions> = {}) {
    return await makeTriplets(this.set, {
      attributes: join(this.#folder.path, "table.parquet"),
      notions: ["colour"],
      triplets: { train: 20, val: 5, test: 5 },
      shares: { train: 1, val: 1, test: 1 },
      copy: true,
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

Deno.test("makeTriplets() unpacks a column of bytes that are images, and names them by their rows", async () => {
  await using test = await Fixture.make([{ name: "photo", ...bytes }, { name: "note", ...bytes }], {
    photo: pictures,
    note: pictures.map((_, row) => new TextEncoder().encode(`note ${row}`)),
  });
  const report = await test.build();
  assert.match(report.understood.join(), /"photo" holds the images themselves: they are unpacked/);
  const attributes = await readAttributes(test.set);
  assert.equal(attributes.length, rows);
  for (const [row, { file, colour }] of attributes.entries()) {
    assert.deepEqual([file, colour], [`${row + 1}.png`, colours[row]]);
    assert.deepEqual(await Deno.readFile(join(test.set, "images", file)), pictures[row]);
  }
});

Deno.test("makeTriplets() asks which of several columns of images is meant, and unpacks that one", async () => {
  const named = (side: string) =>
    pictures.map((bytes, row) => ({ bytes, path: `${side}${row}.png` }));
  await using test = await Fixture.make([...images("front"), ...images("back")], {
    front: named("f"),
    back: named("b"),
  });
  await assert.rejects(test.build(), /the columns "front", "back" hold images; name one with/);
  await test.build({ imageColumn: "back" });
  assert.equal((await readAttributes(test.set))[7].file, "b7.png");
  await assert.rejects(
    test.build({ imageColumn: "side", overwrite: true }),
    /Cannot find column "side" in .*: it has "front", "back", "colour"/,
  );
});

Deno.test("makeTriplets() refuses lists of images by that word", async () => {
  const schema: Schema = [
    { name: "views", converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...images("element"),
  ];
  const views = pictures.map((bytes, row) => [{ bytes, path: `${row}.png` }]);
  await using test = await Fixture.make(schema, { views });
  const refused =
    /: column "views" holds lists of images, and a row is one image; write a row for each image$/;
  await assert.rejects(test.build(), refused);
  await assert.rejects(test.build({ imageColumn: "views" }), refused);
  await using photos = await TemporaryFolder.make();
  for (const notions of [["colour"], ["views"]]) {
    await assert.rejects(test.build({ images: photos.path, copy: false, notions }), refused);
  }
});

Deno.test("makeTriplets() unpacks no image for a plan that it refuses", async () => {
  await using test = await Fixture.make([{ name: "photo", ...bytes }], { photo: pictures });
  const seen = new Set<string>();
  const listener = { progress: ({ what }: { what: string }) => seen.add(what) };
  for (
    const [options, message] of [
      [{ notions: ["size"] }, /Cannot find column "size"/],
      [{ notions: ["colour"], rules: { colour: { type: "numeric" } } }, /colour/],
      [{ splitColumn: "colour", shares: undefined }, /column "colour"/],
    ] as const
  ) {
    await assert.rejects(test.build({ ...options, listener }), message);
    assert.deepEqual([...seen], [], JSON.stringify(options));
  }
  await test.build({ listener });
  assert.ok(seen.has("Unpacking images"));
});
