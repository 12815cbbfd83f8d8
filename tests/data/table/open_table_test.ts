import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { loadColumns } from "../../../src/data/table/load_columns.ts";
import { openTable } from "../../../src/data/table/open_table.ts";
import type { Cell } from "../../../src/data/table/table.ts";
import { CsnError } from "../../../src/errors.ts";
import { join } from "../../../src/paths.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

/** Writes a table and reads some columns of it. */
async function read(
  name: string,
  content: string | Uint8Array,
  columns: readonly string[],
): Promise<
  { places: readonly number[]; cells: Record<string, readonly Cell[]>; names: readonly string[] }
> {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, name);
  if (typeof content === "string") await Deno.writeTextFile(file, content);
  else await Deno.writeFile(file, content);
  const table = await openTable(file);
  const { places, cells } = await loadColumns(table, columns);
  return { places, cells: Object.fromEntries(cells), names: table.columns };
}

Deno.test("openTable() reads CSV: byte order mark, quotes, line ends in cells, blanks, Windows lines", async () => {
  const text = '\ufeffimage, name ,heel\r\n1.jpg,"a ""b"", c",\r\n\r\n2.jpg,"two\nlines", 3 \r\n';
  const { names, places, cells } = await read("a.csv", text, ["image", "name", "heel"]);
  assert.deepEqual(names, ["image", "name", "heel"]);
  assert.deepEqual(cells, {
    image: ["1.jpg", "2.jpg"],
    name: ['a "b", c', "two\nlines"],
    heel: ["", "3"],
  });
  assert.deepEqual(places, [2, 5]);
});

Deno.test("openTable() reads TSV", async () => {
  const { cells } = await read("a.tsv", "id\tcolour\n1\tred, dark\n2\t\n", ["id", "colour"]);
  assert.deepEqual(cells, { id: ["1", "2"], colour: ["red, dark", ""] });
});

Deno.test("openTable() reads JSON Lines: numbers, lists, null, left out fields, columns that come later", async () => {
  const text =
    '{"id": 1, "tags": ["a", "b "], "heel": 2.5}\n\n{"tags": null, "new": true, "id": "x"}\n';
  const { places, cells } = await read("a.jsonl", text, ["id", "tags", "heel", "new"]);
  assert.deepEqual(cells, {
    id: ["1", "x"],
    tags: [["a", "b"], ""],
    heel: ["2.5", ""],
    new: ["", "true"],
  });
  assert.deepEqual(places, [1, 3]);
});

Deno.test("openTable() reads Parquet: texts, numbers, missing values, more rows than a chunk", async () => {
  const count = 10_000;
  const rows = Array.from({ length: count }, (_, row) => row);
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "id", data: rows.map((row) => `${row}.jpg`), type: "STRING" },
      { name: "heel", data: rows.map((row) => row % 3 === 0 ? null : row / 2), type: "DOUBLE" },
      { name: "big", data: rows.map((row) => BigInt(row)), type: "INT64" },
    ],
  });
  const { places, cells } = await read("a.parquet", new Uint8Array(bytes), ["heel", "big", "id"]);
  assert.deepEqual(places, rows.map((row) => row + 1));
  assert.deepEqual(cells.id, rows.map((row) => `${row}.jpg`));
  assert.deepEqual(cells.heel, rows.map((row) => row % 3 === 0 ? "" : String(row / 2)));
  assert.deepEqual(cells.big, rows.map(String));
});

const bad: readonly [name: string, content: string | Uint8Array, wrong: RegExp][] = [
  ["a.xlsx", "", /a\.xlsx: its ending is none of \.csv, \.tsv, \.jsonl, \.ndjson, \.parquet$/],
  ["a.csv", "", /a\.csv: it is empty; its first line names the columns/],
  ["a.csv", "image,heel\n", /a\.csv: it has columns but no row/],
  ["a.csv", "image,image\n1,2\n", /a\.csv: it has two columns called "image"/],
  ["a.csv", "image,heel\n1,2\n1,2,3\n", /a\.csv: .*line 3/],
  ["a.csv", 'image,heel\n1,"2\n', /a\.csv: .*(quote|Quote)/],
  [
    "a.csv",
    Uint8Array.of(...new TextEncoder().encode("image,b\n1,"), 0xe9, 10),
    /a\.csv:2, column "b": .* is no UTF-8/,
  ],
  [
    "a.csv",
    "picture,colour\n1,2\n",
    /Cannot find column "image" in .*a\.csv: it has "picture", "colour"/,
  ],
  ["a.jsonl", "", /a\.jsonl: it is empty/],
  ["a.jsonl", '{"image": 1}\n{"image": \n', /a\.jsonl:2: the line is no JSON/],
  ["a.jsonl", '{"image": 1}\n[1]\n', /a\.jsonl:2: the line is no JSON object/],
  ["a.jsonl", '{"image": {"a": 1}}\n', /a\.jsonl:1, column "image": .* is neither a text/],
  ["a.jsonl", '{"picture": 1}\n', /Cannot find column "image" in .*a\.jsonl/],
  ["a.parquet", "PAR1 but no more PAR1", /Cannot read .*a\.parquet as Parquet/],
];

for (const [name, content, wrong] of bad) {
  Deno.test(`openTable() says what is wrong with ${name}: ${wrong.source}`, async () => {
    await assert.rejects(read(name, content, ["image"]), (error: unknown) => {
      assert.ok(error instanceof CsnError, String(error));
      assert.match(error.message, wrong);
      return true;
    });
  });
}

Deno.test("openTable() says when there is no such file, and when it is a folder", async () => {
  await assert.rejects(openTable("/nowhere/a.csv"), /\/nowhere\/a\.csv: there is no such file/);
  await using folder = await TemporaryFolder.make();
  await Deno.mkdir(join(folder.path, "a.csv"));
  await assert.rejects(openTable(join(folder.path, "a.csv")), /it is no file/);
});
