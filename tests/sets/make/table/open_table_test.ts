import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { type Columns, loadColumns } from "../../../../src/sets/make/table/load_columns.ts";
import { openTable } from "../../../../src/sets/make/table/open_table.ts";
import type { Cell, TableOptions } from "../../../../src/sets/make/table/table.ts";
import { CsnError, UsageError } from "../../../../src/base/errors.ts";
import { join } from "../../../../src/files/paths.ts";
import { TemporaryFolder } from "../../../helpers/temporary_folder.ts";

/** Writes a table and reads some columns of it. */
async function read(
  name: string,
  content: string | Uint8Array,
  columns: readonly string[],
  options: TableOptions = {},
): Promise<
  Omit<Columns, "cells"> & {
    cells: Record<string, readonly Cell[]>;
    names: readonly string[];
  }
> {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, name);
  if (typeof content === "string") await Deno.writeTextFile(file, content);
  else await Deno.writeFile(file, content);
  const table = await openTable(file, options);
  const loaded = await loadColumns(table, columns);
  return { ...loaded, cells: Object.fromEntries(loaded.cells), names: table.columns };
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

Deno.test("openTable() reads Parquet's numbers as people write them: 32 bits, and beyond 2^53", async () => {
  const ids = [7045120923001450001n, 7045120923001450002n, 3n];
  const heels = [0.4, 0.7, 16777216.5];
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "heel", data: heels, type: "FLOAT" },
      { name: "id", data: ids, type: "INT64" },
    ],
  });
  const { cells } = await read("a.parquet", new Uint8Array(bytes), ["heel", "id"]);
  assert.deepEqual(cells.heel, ["0.4", "0.7", "16777216"]);
  assert.deepEqual(cells.id, ids.map(String));
});

Deno.test("loadColumns() leaves a few texts among decimal commas as they are", async () => {
  const lines = Array.from({ length: 10 }, (_, i) => i === 4 ? "abc" : i === 5 ? "NaN" : `${i},5`);
  const text = ["image;heel", ...lines.map((cell, i) => `${i}.jpg;${cell}`)].join("\n");
  const { cells } = await read("a.csv", text, ["heel"]);
  assert.deepEqual(cells.heel, lines.map((cell) => cell.replace(",", ".")));
});

/** Little-endian, with a byte order mark, as Excel and PowerShell write it. */
function utf16(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint16Array.from("\ufeff" + text, (unit) => unit.charCodeAt(0)).buffer);
}

const read3: readonly [what: string, name: string, content: string | Uint8Array][] = [
  ["semicolons", "a.csv", "image;tags;heel\n1.jpg;a, b;2,5\n2.jpg;c;3\n"],
  ["semicolons in .tsv", "a.tsv", "image;tags;heel\n1.jpg;a, b;2,5\n2.jpg;c;3\n"],
  ["tabs in .csv", "a.csv", "image\ttags\theel\n1.jpg\ta, b\t2.5\n2.jpg\tc\t3\n"],
  ["bars", "a.csv", "image|tags|heel\n1.jpg|a, b|2.5\n2.jpg|c|3\n"],
  ["commas", "a.csv", 'image,tags,heel\n1.jpg,"a, b",2.5\n2.jpg,c,3\n'],
  ["a line sep=;", "a.csv", "sep=;\r\nimage;tags;heel\r\n1.jpg;a, b;2,5\r\n2.jpg;c;3\r\n"],
  ["UTF-16", "a.csv", utf16("image\ttags\theel\r\n1.jpg\ta, b\t2,5\r\n2.jpg\tc\t3\r\n")],
  ["lines that end in several ways", "a.csv", 'image,tags,heel\r\n1.jpg,"a, b",2.5\n2.jpg,c,3\r'],
  ["carriage returns", "a.csv", "image;tags;heel\r1.jpg;a, b;2,5\r2.jpg;c;3\r"],
  [
    "empty rows and columns at the edges",
    "a.csv",
    ";;;;\n;image;tags;heel;\n;1.jpg;a, b;2,5;\n;;;;\n;2.jpg;c;3;\n;;;;\n\n",
  ],
  [
    "cells without a column that are empty",
    "a.csv",
    "image;tags;heel\n1.jpg;a, b;2,5;;\n2.jpg;c;3;\n",
  ],
];

for (const [what, name, content] of read3) {
  Deno.test(`openTable() reads delimited text: ${what}`, async () => {
    const { cells } = await read(name, content, ["image", "tags", "heel"]);
    assert.deepEqual(cells, { image: ["1.jpg", "2.jpg"], tags: ["a, b", "c"], heel: ["2.5", "3"] });
  });
}

Deno.test("loadColumns() turns decimal commas into points where a column has them, and says so", async () => {
  const text = "image;heel;text;whole;many\n1.jpg;2,5;1,5 m;3;1.234,5\n2.jpg;NaN;2,5;4;-2,5\n";
  const { cells, understood } = await read("a.csv", text, ["heel", "text", "whole", "many"]);
  assert.deepEqual(cells, {
    heel: ["2.5", "NaN"],
    text: ["1,5 m", "2,5"],
    whole: ["3", "4"],
    many: ["1234.5", "-2.5"],
  });
  assert.deepEqual(understood, [
    '";" separates its cells',
    'the numbers of column "heel" have decimal commas',
    'the numbers of column "many" have decimal commas',
  ]);
});

Deno.test("openTable() reads text in the encoding that is named", async () => {
  const bytes = Uint8Array.of(...new TextEncoder().encode("image,b\n1,caf"), 0xe9, 10);
  const { cells } = await read("a.csv", bytes, ["b"], { encoding: "windows-1252" });
  assert.deepEqual(cells, { b: ["café"] });
});

Deno.test("openTable() takes the replacement character where the file has it", async () => {
  const csv = await read("a.csv", "image,b\n1,\ufffd\n", ["b"]);
  assert.deepEqual(csv.cells, { b: ["\ufffd"] });
  const json = await read("a.jsonl", '{"b": "\ufffd"}\n', ["b"]);
  assert.deepEqual(json.cells, { b: ["\ufffd"] });
});

Deno.test("openTable() takes names of columns for a table whose first line is data", async () => {
  const { cells, places } = await read("a.csv", "1.jpg,red;blue\n2.jpg,green;white\n", ["colour"], {
    columns: ["image", "colour"],
  });
  assert.deepEqual(cells, { colour: ["red;blue", "green;white"] });
  assert.deepEqual(places, [1, 2]);
});

Deno.test("openTable() leaves out bad lines when told to, and names them", async () => {
  const text = "image,heel\n1,2\n1,2,3\n4\n5,6\n";
  const { cells, skipped } = await read("a.csv", text, ["image"], { skipBadLines: true });
  assert.deepEqual(cells, { image: ["1", "5"] });
  assert.deepEqual(skipped, ["line 3 with 3 cells", "line 4 with 1 cell"]);
});

Deno.test("openTable() minds double names only of columns that are asked for", async () => {
  const { cells } = await read("a.csv", "image,x,x,,\n1,2,3,,\n", ["image"]);
  assert.deepEqual(cells, { image: ["1"] });
});

Deno.test("openTable() reads JSON Lines as Python writes them: NaN and Infinity are not known", async () => {
  const text =
    '{"a": NaN, "b": "NaN, \\"-Infinity", "c": [1, NaN]}\n{"a": -Infinity, "b": "x", "c": []}\n';
  const { cells } = await read("a.jsonl", text, ["a", "b", "c"]);
  assert.deepEqual(cells, { a: ["", ""], b: ['NaN, "-Infinity', "x"], c: [["1"], []] });
});

Deno.test("openTable() keeps every digit of whole numbers in JSON Lines", async () => {
  const text = '{"a": 7045120923001450001, "b": 0.1234567890123456789}\n{"a": 12, "b": 1.50}\n';
  const { cells } = await read("a.jsonl", text, ["a", "b"]);
  assert.deepEqual(cells, { a: ["7045120923001450001", "12"], b: ["0.12345678901234568", "1.5"] });
});

Deno.test("openTable() goes through the rows of a table again and again", async () => {
  await using folder = await TemporaryFolder.make();
  for (const [name, text] of [["a.csv", "a\n1\n2\n"], ["a.jsonl", '{"a": 1}\n{"a": 2}\n']]) {
    const file = join(folder.path, name);
    await Deno.writeTextFile(file, text);
    const table = await openTable(file);
    for (let time = 0; time < 2; time++) {
      assert.deepEqual((await loadColumns(table, ["a"])).cells.get("a"), ["1", "2"]);
    }
  }
});

Deno.test("openTable() refuses options that a kind of file has no use for", async () => {
  await assert.rejects(openTable("a.parquet", { delimiter: ";" }), UsageError);
  await assert.rejects(
    openTable("a.jsonl", { columns: ["a"] }),
    /`columns` with a\.jsonl: it is for/,
  );
  await assert.rejects(
    read("a.csv", "a\n1\n", ["a"], { encoding: "latin-0" }),
    /`encoding: "latin-0"`/,
  );
});

const bad: readonly [
  name: string,
  content: string | Uint8Array,
  wrong: RegExp,
  columns?: string[],
][] = [
  ["a.ods", "", /a\.ods: its ending is none of \.csv, \.tsv, .*, \.xlsx, \.txt$/],
  ["a.csv", "", /a\.csv: it is empty; its first line names the columns/],
  ["a.csv", "image,heel\n", /a\.csv: it has columns but no row/],
  ["a.csv", "image,image\n1,2\n", /column "image" of .*a\.csv: two columns are called so/],
  [
    "a.csv",
    "image,heel\n1,2\n1,2,3\n4\n5,6\n",
    /a\.csv: 2 columns are named, line 3 has 3 cells, line 4 has 1 cell; .*`skipBadLines: true`/,
  ],
  [
    "a.csv",
    "image,heel\n0,0\n" + "1\n".repeat(12),
    /line 3 has 1 cell, .*line 12 has 1 cell and 2 more lines;/,
  ],
  ["a.csv", "image,heel\n1,a.png,2\n2,b.png,3\n", /one cell more than there are names/],
  ["a.csv", 'image,heel\n1,"2\n', /a\.csv: .*(quote|Quote)/],
  [
    "a.csv",
    Uint8Array.of(...new TextEncoder().encode("image,b\n1,"), 0xe9, 10),
    /a\.csv:2: "1,\ufffd" is no UTF-8; .*`encoding: "windows-1252"`/,
  ],
  [
    "a.csv",
    Uint8Array.of(...new TextEncoder().encode("image,b"), 0xe9, 10, 49, 44, 50, 10),
    /a\.csv:1: "image,b\ufffd" is no UTF-8/,
  ],
  [
    "a.jsonl",
    Uint8Array.of(...new TextEncoder().encode('{"image": "'), 0xe9, 34, 125, 10),
    /a\.jsonl:1: .* is no UTF-8/,
  ],
  ["a.csv", utf16("image,b\n1,2\n").slice(2), /a\.csv as text: it holds zero bytes/],
  [
    "a.csv",
    "image;price\n1;2,5\n2;3.5\n",
    /column "price": .*:2 has 2,5, .*:3 has 3\.5; write all of them with a decimal point/,
    ["image", "price"],
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

for (const [name, content, wrong, columns = ["image"]] of bad) {
  Deno.test(`openTable() says what is wrong with ${name}: ${wrong.source}`, async () => {
    await assert.rejects(read(name, content, columns), (error: unknown) => {
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

Deno.test("openTable() refuses Parquet whose numbers of rows do not fit together", async () => {
  const columnData = [{ name: "id", data: ["a", "b"], type: "STRING" as const }];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));
  // The number of rows of the whole, after the schema: a field of 64 bits (0x16) of 2 (zigzag 4).
  const at = bytes.findLastIndex((byte, i) =>
    byte === 0x16 && bytes[i + 1] === 4 && bytes[i + 2] === 0x19
  );
  bytes[at + 1] = 40;
  await assert.rejects(read("a.parquet", bytes, ["id"]), {
    name: "CsnError",
    message: /a\.parquet as Parquet: it is damaged.*should have 20 rows, its parts have 2/,
  });
});
