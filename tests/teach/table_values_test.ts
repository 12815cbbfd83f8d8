import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { readTableValues } from "../../src/teach/table_values.ts";
import { valuesAttribute } from "../../src/teach/values_attribute.ts";
import { ValuesFile } from "../../src/teach/values_file.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { workbook } from "../helpers/workbook.ts";

const names = Array.from({ length: 12 }, (_, i) => `${i % 2 === 0 ? "a" : "b, c"}/${i}.png`);

/** A folder of images, and a list of values that people gave them, some of them several times. */
async function givenCase() {
  const folder = await TemporaryFolder.make();
  const images = join(folder.path, "images");
  for (const name of names) {
    await Deno.mkdir(join(images, name.split("/")[0]), { recursive: true });
    await Deno.writeTextFile(join(images, name), "");
  }
  const path = join(folder.path, "values_heel.csv");
  const file = await ValuesFile.open(path, { notion: "heel", names });
  const give = (rows: number[], value: string, by = "Ann") =>
    file.give({ images: rows, value, by });
  // Numbers and words that mean "not known" elsewhere are values as others are.
  await give([0, 1, 2, 3], "1");
  await give([4, 5, 6], "none");
  await give([7, 8], "2");
  await give([9], "alone");
  await give([3, 8], "none");
  await give([2], "");
  await give([0], "2", "Bo");
  await give([1], "2", "Bo");
  await give([1], "", "Bo");
  return {
    folder: folder.path,
    images,
    path,
    file,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const expected = ["2", "", "", "none", "none", "none", "none", "2", "none", "", "", ""];

Deno.test("readTableValues() takes a list of given values as it is: what counts, without guesses", async () => {
  await using given = await givenCase();
  const { path: table, images } = given;
  const { attribute } = await readTableValues(names, { table, column: "heel", images });
  assert.deepEqual(attribute, { kind: "categorical", values: expected });
  assert.deepEqual(valuesAttribute(given.file.values, names.length), attribute);
});

Deno.test("readTableValues() takes what spreadsheets and pandas make of such a list", async () => {
  await using given = await givenCase();
  const { images, folder } = given;
  const rows = (await Deno.readTextFile(given.path)).trim().split("\n").map((line) =>
    [...line.matchAll(/"((?:[^"]|"")*)"|([^,]+|(?<=,)(?=,|$))/g)].map((each) => each[1] ?? each[2])
  );
  const quoted = (cell: string) => /[",;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const lines = (delimiter: string, end: string, index: boolean) =>
    rows.map((row, at) => [...index ? [at === 0 ? "" : `${at - 1}`] : [], ...row])
      .map((row) => row.map(quoted).join(delimiter) + end).join("");
  const files: Record<string, string | Uint8Array> = {
    "excel.csv": `\ufeff${lines(";", "\r\n", false)}`,
    "index.csv": lines(",", "\n", true),
    "tabs.tsv": lines("\t", "\n", false),
    "lines.jsonl": rows.slice(1).map((row) =>
      JSON.stringify(Object.fromEntries(row.map((cell, at) => [rows[0][at], cell]))) + "\n"
    ).join(""),
    // A spreadsheet takes "1" for a number.
    "book.xlsx": workbook(rows.map((row) => row.map((cell) => /^\d$/.test(cell) ? +cell : cell))),
  };
  for (const [name, content] of Object.entries(files)) {
    const table = join(folder, name);
    if (typeof content === "string") await Deno.writeTextFile(table, content);
    else await Deno.writeFile(table, content);
    const { attribute } = await readTableValues(names, { table, column: "heel", images });
    assert.deepEqual(attribute.values, expected, name);
  }
});

Deno.test("readTableValues() takes given numbers for numbers where the rule says so", async () => {
  await using given = await givenCase();
  const { path: table, images, file } = given;
  await file.give({ images: [3, 4, 5, 6, 8, 9], value: "1", by: "Ann" });
  const { attribute } = await readTableValues(names, {
    ...{ table, column: "heel", images, rules: { heel: { type: "ordinal" } } },
  });
  assert.equal(attribute.kind, "ordinal");
});
