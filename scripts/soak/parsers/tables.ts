/** Tables of every kind that `openTable` knows. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { csvLine } from "../../../src/files/csv_line.ts";
import { openTable } from "../../../src/sets/make/table/open_table.ts";
import type { Cell, TableOptions } from "../../../src/sets/make/table/table.ts";
import { bytesOf, type Input, type Parser } from "./parser.ts";
import { spoilt, spoiltJson, spoiltJsonFiles } from "./spoil.ts";

/** A table, read whole. */
interface Whole {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

async function readTable(file: string, options?: TableOptions): Promise<Whole> {
  const table = await openTable(file, options);
  const rows: Cell[][] = [];
  let last = 0;
  for await (const row of table.rows(table.columns)) {
    assert.ok(row.place > last, `row ${row.place} comes after row ${last}`);
    last = row.place;
    rows.push(table.columns.map((column) => row.cell(column)));
  }
  return { columns: table.columns, rows };
}

function verifyTable({ columns, rows }: Whole): void {
  assert.ok(columns.every((column) => typeof column === "string"));
  const texts = rows.flatMap((row) => row.flat());
  assert.ok(texts.every((text) => typeof text === "string"), "a cell is no text");
}

/** Cells with all that has a meaning in some table. */
const letters = [..."aZ09 ,;|\t\"'\n\r.-_é漢=#"];
const cell = fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });

/** Tables of texts whose columns have names of their own. */
const tables = fc.integer({ min: 1, max: 5 }).chain((width) =>
  fc.record({
    // Two columns at least: a single one has no delimiter.
    columns: fc.uniqueArray(cell.map((text) => `n${text}`), {
      minLength: width + 1,
      maxLength: width + 1,
    }),
    rows: fc.array(
      fc.array(cell, { minLength: width + 1, maxLength: width + 1 })
        .filter((row) => row.some((text) => text !== "")),
      { maxLength: 5 },
    ),
  })
);

const text = [
  'image,shape,colour\n1.png,round,red\n2.png,long,"a, b"\n3.png,,é\n',
  "image;heel;shape\n1.png;2,5;round\n2.png;1.234,5;long\n",
  "image\tcolour\n1.png\tred;white\n\n2.png\t\n",
  'sep=|\na|b\n1|2\n"x""y"|"line\nend"\n',
  "a,b\r\n1,2\r\n3,4\r\n",
  "\ufeffname,value\n007,1e3\n",
].map(bytesOf);

/** How the spoilt ones are read. */
const forms: fc.Arbitrary<TableOptions> = fc.constantFrom<TableOptions>(
  {},
  { skipBadLines: true },
  { columns: ["a", "b", "c"] },
  { encoding: "windows-1252" },
);

/**
 * Delimited text: spoilt, and right where commas are known to separate its cells (nothing else is
 * quoted).
 */
export function csv(): Parser<Whole> {
  const right: fc.Arbitrary<Input<Whole>> = tables.map(({ columns, rows }) => ({
    bytes: bytesOf([columns, ...rows].map(csvLine).join("")),
    right: { columns, rows },
    options: { delimiter: "," },
  }));
  return {
    name: "csv",
    file: "table.csv",
    inputs: fc.oneof(
      { arbitrary: fc.record({ bytes: spoilt(text), options: forms }), weight: 3 },
      { arbitrary: right, weight: 1 },
    ),
    read: (file, { options }) => readTable(file, options as TableOptions),
    verify: verifyTable,
  };
}

const objects = [
  { image: "1.png", shape: "round", heel: 2.5 },
  { image: "2.png", shape: ["a", "b"], heel: null, isNew: true },
  { image: "3.png", id: 12345678901234567 },
];

/** JSON Lines: a line of a right file is another JSON value, or its bytes are others. */
export function jsonl(): Parser<Whole> {
  const lines = objects.map((object) => JSON.stringify(object));
  const withOther = fc.tuple(fc.nat(lines.length), spoiltJson(objects)).map(([at, value]) =>
    bytesOf(lines.toSpliced(at, 0, JSON.stringify(value)).join("\n"))
  );
  const right: fc.Arbitrary<Input<Whole>> = fc.array(
    fc.dictionary(cell.map((key) => `k${key}`), fc.oneof(cell, fc.integer(), fc.boolean()), {
      minKeys: 1,
      maxKeys: 4,
    }),
    { minLength: 1, maxLength: 4 },
  ).map((rows) => ({
    bytes: bytesOf(rows.map((row) => JSON.stringify(row)).join("\r\n")),
    right: wholeOf(rows),
  }));
  return {
    name: "jsonl",
    file: "table.jsonl",
    inputs: fc.oneof(
      withOther.map((bytes) => ({ bytes })),
      spoilt([bytesOf(lines.join("\n") + "\n")]).map((bytes) => ({ bytes })),
      right,
    ),
    read: (file) => readTable(file),
    verify: verifyTable,
  };
}

/** What a table of these objects is: rows without a value are none. */
function wholeOf(rows: readonly Readonly<Record<string, unknown>>[]): Whole {
  const columns = Object.keys(rows[0]);
  const cells = (row: Readonly<Record<string, unknown>>) =>
    columns.map((column) => Object.hasOwn(row, column) ? String(row[column]).trim() : "");
  const hasValue = (row: Readonly<Record<string, unknown>>) =>
    Object.values(row).some((value) => typeof value !== "string" || value.trim() !== "");
  return { columns, rows: rows.filter(hasValue).map(cells) };
}

/** JSON files of every shape that csn reads. */
export function json(): Parser<Whole> {
  const coco = {
    images: [{ id: 1, file_name: "1.png" }, { id: 2, file_name: "2.png" }],
    annotations: [{ id: 1, image_id: 1, category_id: 3 }, { id: 2, image_id: 2, category_id: 4 }],
    categories: [{ id: 3, name: "shoe" }, { id: 4, name: "boot" }],
  };
  const byColumn = { image: ["1.png", "2.png"], colour: ["red", "blue"] };
  const byImage = { "1.png": { colour: "red" }, "2.png": { colour: "blue" } };
  return {
    name: "json",
    file: "table.json",
    inputs: spoiltJsonFiles([objects, coco, byColumn, byImage]).map((bytes) => ({ bytes })),
    read: (file) => readTable(file),
    verify: verifyTable,
  };
}

/** Lists as CelebA's. */
export function celebA(): Parser<Whole> {
  const samples = ["2\nshape colour\n1.jpg -1  1\n2.jpg  1 -1\n", "1\na\n1.jpg 0\n"];
  return {
    name: "celeba",
    file: "list.txt",
    inputs: spoilt(samples.map(bytesOf)).map((bytes) => ({ bytes })),
    read: (file) => readTable(file),
    verify: verifyTable,
  };
}

/**
 * Parquet files: right ones, cut ones and other files. Others are not spoilt: hyparquet believes
 * the lengths of runs in damaged pages, which can take it minutes.
 */
export function parquet(): Parser<Whole> {
  const right: fc.Arbitrary<Input<Whole>> = fc.array(fc.tuple(cell, fc.integer()), {
    minLength: 1,
    maxLength: 5,
  }).map((rows) => ({
    bytes: new Uint8Array(parquetWriteBuffer({
      columnData: [
        { name: "text", data: rows.map(([each]) => each), type: "STRING" },
        { name: "number", data: rows.map(([, each]) => each), type: "INT32" },
      ],
    })),
    right: { columns: ["text", "number"], rows: rows.map(([a, b]) => [a.trim(), String(b)]) },
  }));
  return {
    name: "parquet",
    file: "table.parquet",
    inputs: fc.oneof(
      right,
      fc.tuple(right, fc.nat()).map(([{ bytes }, at]) => ({
        bytes: bytes.slice(0, at % bytes.length),
      })),
      spoilt(text).map((bytes) => ({ bytes })),
    ),
    read: (file) => readTable(file),
    verify: verifyTable,
  };
}
