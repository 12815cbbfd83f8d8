import assert from "node:assert/strict";
import { FolderImages } from "../../../../src/sets/make/image_finder.ts";
import { chooseImageColumn } from "../../../../src/sets/make/table/choose_image_column.ts";
import { loadColumns } from "../../../../src/sets/make/table/load_columns.ts";
import { openTable } from "../../../../src/sets/make/table/open_table.ts";
import { surveyTable } from "../../../../src/sets/make/table/survey_table.ts";
import type { TableOptions } from "../../../../src/sets/make/table/table.ts";
import { CsnError } from "../../../../src/base/errors.ts";
import { fromFileUrl, join } from "../../../../src/files/paths.ts";
import { TableCase } from "../../../helpers/table_case.ts";
import { TemporaryFolder } from "../../../helpers/temporary_folder.ts";

const fixtures = fromFileUrl(new URL("../../../fixtures/tables", import.meta.url));

/** The images as make_tables.py orders them, and what it says of them. */
const order = Array.from({ length: 12 }, (_, row) => row * 5 % 12);
const expected = {
  image: order.map((image) => `${image}.jpg`),
  colour: order.map((image) => image === 5 ? "" : ["red", "green", "blue"][image % 3]),
  heel: order.map((image) => image === 5 ? "" : String(image / 4)),
  tags: order.map((image) => image % 2 === 1 ? ["a", "b"] : ["a"]),
};
type Column = keyof typeof expected;

/** Reads a fixture with the image column that is guessed. */
async function read(name: string, columns: readonly string[], options: TableOptions = {}) {
  const table = await openTable(join(fixtures, name), options);
  const finder = new FolderImages("/nowhere", order.map((image) => `${image}.jpg`));
  const image = chooseImageColumn(await surveyTable(table, finder), finder);
  const loaded = await loadColumns(table, [image.name, ...columns]);
  return { ...loaded, image };
}

const tables: readonly [name: string, columns: readonly Column[], options?: TableOptions][] = [
  ["pandas.csv", ["colour", "heel"]],
  ["german.csv", ["colour", "heel"]],
  ["utf16.csv", ["colour", "heel"]],
  ["pandas.json", ["colour", "heel", "tags"]],
  ["records.json", ["colour", "heel", "tags"]],
  ["pandas.jsonl", ["colour", "heel", "tags"]],
  ["python.jsonl", ["colour", "heel", "tags"]],
  ["python.json", ["colour", "heel", "tags"]],
  ["by_image.json", ["colour", "heel", "tags"]],
  ["pandas.parquet", ["colour", "heel", "tags"]],
  ["hugging_face.parquet", ["colour", "heel", "tags"]],
  ["pandas.xlsx", ["colour", "heel"]],
  ["openpyxl.xlsx", ["colour", "heel"], { sheet: "shoes" }],
];

for (const [name, columns, options] of tables) {
  Deno.test(`openTable() reads ${name} as it was written, and its images are found`, async () => {
    const { cells, image } = await read(name, columns, options);
    assert.equal(image.name, "image");
    for (const column of ["image", ...columns] as const) {
      // pandas writes 1.0 for whole numbers among others.
      const plain = (cell: unknown) =>
        column === "heel" && cell !== "" ? String(Number(cell)) : cell;
      assert.deepEqual(cells.get(column)!.map(plain), expected[column], column);
    }
  });
}

Deno.test("openTable() reads texts, dates and truth values of a workbook, and says which sheets it has", async () => {
  const { cells } = await read("openpyxl.xlsx", ["code", "made", "sold"], { sheet: "shoes" });
  assert.deepEqual(cells.get("code")!.slice(0, 2), ["000", "001"]);
  assert.deepEqual(cells.get("made")!.slice(0, 2), [
    "2020-01-01T00:00:00.000Z",
    "2020-01-02T00:00:00.000Z",
  ]);
  assert.deepEqual(cells.get("sold")!.slice(0, 2), ["true", "false"]);
  const file = join(fixtures, "openpyxl.xlsx");
  assert.deepEqual((await openTable(file)).columns, ["nothing", "of use"]);
  await assert.rejects(openTable(file, { sheet: "x" }), /notes, shoes; name one with `sheet`/);
});

Deno.test("openTable() reads COCO's annotations: file names with the names of their categories", async () => {
  const { cells, image, understood } = await read("coco.json", ["category", "width"]);
  assert.equal(image.name, "file_name");
  assert.deepEqual(cells.get("file_name"), expected.image);
  assert.deepEqual(cells.get("category"), expected.tags);
  assert.deepEqual(cells.get("width"), order.map(() => "32"));
  assert.match(understood.join(), /COCO's 12 images with 36 annotations of 2 categories/);
});

Deno.test("openTable() reads CelebA's lists of attributes, and those of splits with names for columns", async () => {
  const { cells, understood } = await read("list_attr.txt", ["Red", "Odd"]);
  assert.deepEqual(cells.get("Red"), order.map((image) => image % 3 === 0 ? "1" : "-1"));
  assert.deepEqual(cells.get("Odd"), order.map((image) => image % 2 === 1 ? "1" : "-1"));
  assert.match(understood.join(), /a list as CelebA's/);
  const splits = await read("list_eval_partition.txt", ["split"], { columns: ["image", "split"] });
  assert.deepEqual(splits.cells.get("split"), order.map((image) => String(image % 3)));
  await assert.rejects(
    read("list_eval_partition.txt", []),
    /first line of .*`columns: \["image","column2"\]`/,
  );
});

Deno.test("openTable() reads the paths of images that a Parquet file holds, not their bytes", async () => {
  const { understood, embedded } = await read("hugging_face.parquet", []);
  assert.match(understood.join(), /"image" holds images with their paths/);
  assert.ok(embedded?.has("image"));
  const bytes = await Deno.readFile(join(fixtures, "hugging_face.parquet"));
  const other = Array.from({ length: 12 }, (_, image) => `other${image}.jpg`);
  await using test = await TableCase.make(other, bytes, "table.parquet");
  await assert.rejects(
    test.build({ notions: ["colour"] }),
    /Cannot use column "image" of .*: it holds the images themselves, and .*images has no files of their names/,
  );
});

const bad: readonly [name: string, content: string, wrong: RegExp][] = [
  ["a.json", "", /a\.json: it is empty/],
  ["a.json", "[]", /a\.json: it is empty/],
  ["a.json", "[1, 2]", /a\.json as a table: it must be a list of objects/],
  ["a.json", '{"image": ["1.jpg", "2.jpg"], "colour": ["red"]}', /it must be a list of objects/],
  ["a.json", '{"image": 1}\n{"image": 2}\n', /it is no JSON .*call it \.jsonl/],
  [
    "a.json",
    '{"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [{"image_id": 2}], "categories": []}',
    /annotation 1 is of image 2, which is not there/,
  ],
  [
    "a.json",
    '{"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [{"image_id": 1, "category_id": 7}]}',
    /annotation 1 is of category 7/,
  ],
  [
    "a.json",
    '{"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [{"image_id": "\\n"}], "categories": []}',
    /^.*annotation 1 is of image "\\n", which is not there$/,
  ],
  ["a.xlsx", "no workbook", /Cannot read .*a\.xlsx as a workbook: /],
  ["a.xlsx", "", /Cannot read .*a\.xlsx as a workbook: /],
  ["a.txt", "3\nRed Odd\n1.jpg 1 -1\n2.jpg 1 1\n", /says that it has 3 rows, but it has 2/],
  ["a.txt", "2\nRed Odd\n1.jpg 1 -1\n2.jpg 1\n", /3 columns are named, line 4 has 2 cells/],
  ["a.txt", "", /a\.txt: it is empty/],
];

for (const [name, content, wrong] of bad) {
  Deno.test(`openTable() says what is wrong with ${name}: ${wrong.source}`, async () => {
    await using folder = await TemporaryFolder.make();
    const file = join(folder.path, name);
    await Deno.writeTextFile(file, content);
    const all = async () => {
      const table = await openTable(file);
      await loadColumns(table, table.columns);
    };
    await assert.rejects(all, (error: unknown) => {
      assert.ok(error instanceof CsnError, String(error));
      assert.match(error.message, wrong);
      return true;
    });
  });
}
