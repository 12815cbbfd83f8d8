import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { FolderImages } from "../../../../src/sets/make/image_finder.ts";
import { chooseImageColumn } from "../../../../src/sets/make/table/choose_image_column.ts";
import { loadColumns } from "../../../../src/sets/make/table/load_columns.ts";
import type { Table } from "../../../../src/sets/make/table/table.ts";
import { openTable } from "../../../../src/sets/make/table/open_table.ts";
import { surveyedColumns, surveyTable } from "../../../../src/sets/make/table/survey_table.ts";
import { join } from "../../../../src/files/paths.ts";
import { TemporaryFolder } from "../../../helpers/temporary_folder.ts";

Deno.test("surveyTable() keeps of 100,000 rows what may name images or splits, and lets go of all else", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "a.csv");
  const count = 100_000;
  const rows = Array.from(
    { length: count },
    (_, row) => `${row},${row % 500}/${row}.jpg,text ${row},${row % 7},${row % 3}\n`,
  );
  await Deno.writeTextFile(file, ",path,text,class,partition\n" + rows.join(""));
  const finder = new FolderImages(
    "/nowhere",
    Array.from({ length: count }, (_, row) => `${row % 500}/${row}.jpg`),
  );
  const table = await openTable(file);
  const survey = await surveyTable(table, finder);
  assert.equal(survey.rows, count);
  const facts = new Map(survey.columns.map((column) => [column.name, column]));
  assert.equal(chooseImageColumn(survey, finder).name, "path");
  assert.deepEqual([facts.get("path")!.matched, facts.get("path")!.images], [count, count]);
  assert.equal(facts.get("text")!.files, null);
  assert.equal(facts.get("text")!.values, null);
  // Seven values are no splits: only the first thousand rows are counted.
  assert.equal(facts.get("class")!.filled, 1000);
  assert.equal(facts.get("partition")!.values!.get("2"), 33_333);
  const { cells } = await loadColumns(table, ["path"]);
  assert.equal(cells.get("path")!.at(-1), "499/99999.jpg");
});

/** The same table, which counts how often its rows are gone through. */
function counted(table: Table): { table: Table; passes: () => number } {
  let passes = 0;
  return {
    table: {
      ...table,
      rows: (...args) => {
        passes++;
        return table.rows(...args);
      },
    },
    passes: () => passes,
  };
}

/** 2,000 rows, more than those after which columns are no longer looked at. */
async function writeTable(folder: string): Promise<string> {
  const file = join(folder, "a.csv");
  const lines = Array.from(
    { length: 2000 },
    (_, row) => `${row}.jpg;${row % 5};1,${row % 7};text ${row}\n`,
  );
  await Deno.writeTextFile(file, "path;class;size;text\n" + lines.join(""));
  return file;
}

Deno.test("surveyedColumns() gives what loadColumns() reads, without reading the table again", async () => {
  await using folder = await TemporaryFolder.make();
  const { table, passes } = counted(await openTable(await writeTable(folder.path)));
  const finder = new FolderImages(
    "/nowhere",
    Array.from({ length: 2000 }, (_, row) => `${row}.jpg`),
  );
  const wanted = ["class", "size"];
  const survey = await surveyTable(table, finder, { wanted });
  const names = [chooseImageColumn(survey, finder).name, ...wanted];
  assert.deepEqual(names, ["path", "class", "size"]);
  const columns = await surveyedColumns(table, survey, names);
  assert.equal(passes(), 1);
  assert.deepEqual(columns, await loadColumns(table, names));
  assert.deepEqual(columns.cells.get("size")!.slice(0, 2), ["1.0", "1.1"]);
  assert.deepEqual(columns.understood.at(-1), 'the numbers of column "size" have decimal commas');
});

Deno.test("surveyedColumns() reads the table again for a column that the survey let go of", async () => {
  await using folder = await TemporaryFolder.make();
  const { table, passes } = counted(await openTable(await writeTable(folder.path)));
  // No column names an image that is there.
  const finder = new FolderImages("/nowhere", ["other.jpg"]);
  const survey = await surveyTable(table, finder, { wanted: ["class"] });
  const columns = await surveyedColumns(table, survey, ["path", "class"]);
  assert.equal(passes(), 2);
  assert.equal(columns.cells.get("path")!.length, 2000);
  assert.equal(columns.cells.get("path")!.at(-1), "1999.jpg");
});

Deno.test("surveyedColumns() refuses a column that is not there, and names those that are", async () => {
  await using folder = await TemporaryFolder.make();
  const table = await openTable(await writeTable(folder.path));
  const survey = await surveyTable(table, new FolderImages("/nowhere", []), { wanted: ["colour"] });
  await assert.rejects(
    surveyedColumns(table, survey, ["path", "colour"]),
    /Cannot find column "colour" in .*a\.csv: it has "path", "class", "size", "text"/,
  );
});

Deno.test("surveyedColumns() reads a Parquet column as large as pictures when it is wanted", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "a.parquet");
  const notes = ["a".repeat(5000), "b".repeat(5000)];
  await Deno.writeFile(
    file,
    new Uint8Array(parquetWriteBuffer({
      columnData: [{ name: "path", data: ["1.jpg", "2.jpg"] }, { name: "note", data: notes }],
    })),
  );
  const { table, passes } = counted(await openTable(file));
  assert.deepEqual([...table.bulky!], ["note"]);
  const finder = new FolderImages("/nowhere", ["1.jpg", "2.jpg"]);
  const survey = await surveyTable(table, finder, { wanted: ["note"] });
  const { cells } = await surveyedColumns(table, survey, ["path", "note"]);
  assert.ok(cells.get("note")!.every((note, row) => note === notes[row]));
  assert.equal(passes(), 2);
});
