import assert from "node:assert/strict";
import { FolderImages } from "../../../../src/sets/make/image_finder.ts";
import { chooseImageColumn } from "../../../../src/sets/make/table/choose_image_column.ts";
import { loadColumns } from "../../../../src/sets/make/table/load_columns.ts";
import { openTable } from "../../../../src/sets/make/table/open_table.ts";
import { surveyTable } from "../../../../src/sets/make/table/survey_table.ts";
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
