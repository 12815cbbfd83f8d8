import assert from "node:assert/strict";
import { TableCase } from "../../helpers/table_case.ts";
import { workbook } from "../../helpers/workbook.ts";

const numbers = Array.from({ length: 60 }, (_, at) => at);
const files = numbers.map((at) => `${at}.jpg`);
const padded = numbers.map((image) => `${String(image + 1).padStart(4, "0")}.jpg`);
const colours = ["red", "green", "blue"];

function csv(head: string, row: (image: number) => string): string {
  return [head, ...numbers.map(row)].join("\n");
}

for (const ending of ["csv", "xlsx"]) {
  Deno.test(`rowsWithImages() says that a .${ending} table has lost the leading zeros of names`, async () => {
    const rows = [["id", "colour"], ...numbers.map((at) => [at + 1, colours[at % 3]])];
    const table = ending === "xlsx" ? workbook(rows) : rows.join("\n");
    await using test = await TableCase.make(padded, table, `table.${ending}`);
    await assert.rejects(
      test.build({ notions: ["colour"] }),
      /Cannot find 60 of the 60 images that column "id" .*; 60 of them are there with leading zeros \(1 as 0001\.jpg\); write the names in the table as those of the files; a spreadsheet keeps leading zeros in columns that are imported as text/,
    );
  });
}

Deno.test("rowsWithImages() warns of few images that are there with leading zeros", async () => {
  const on = [...padded, "1001.jpg", "img_07.jpg", "img_7.png"];
  const text = csv("id,colour", (image) => `${padded[image].slice(0, 4)},${colours[image % 3]}`);
  await using test = await TableCase.make(on, `${text}\n7,red\nimg_007,red\n`);
  const report = await test.build({ notions: ["colour"], imageColumn: "id", allowMissing: true });
  assert.equal(report.images, 60);
  assert.match(
    report.warnings.join("\n"),
    /^2 of the 62 images that column "id" of .* names are not there; 1 of them is there with leading zeros \(7 as 0007\.jpg\)$/m,
  );
});

Deno.test("rowsWithImages() says that names are numbers as a spreadsheet shortens them", async () => {
  const on = numbers.map((image) => `${123_457_000_000 + image}.jpg`);
  const text = csv("id,colour", (image) => `1.23457E+11,${colours[image % 3]}`);
  await using test = await TableCase.make(on, text);
  await assert.rejects(
    test.build({ notions: ["colour"] }),
    /Cannot find 60 of the 60 images .*; 60 cells are as a spreadsheet shortens whole numbers, such as 1\.23457E\+11; /,
  );
});

Deno.test("readPlanned() warns of numbers that a spreadsheet rounded or shortened, once", async () => {
  const shops = [7045120923001450000, 7045120999001450000, 7045120911001450000];
  const row = (image: number) => [files[image], shops[image % 3]];
  const short = (image: number) => `${image}.jpg,${image % 3 + 1}.23457E+11`;
  const loss = /^column "shop": 60 cells are .* spreadsheet .*, such as (70451|1\.23457E)/m;
  for (const text of [csv("image,shop", (image) => row(image).join()), csv("image,shop", short)]) {
    await using test = await TableCase.make(files, text);
    assert.match((await test.build({ notions: ["shop"] })).warnings.join("\n"), loss);
  }
  const book = workbook([["image", "shop"], ...numbers.map(row)]);
  await using test = await TableCase.make(files, book, "table.xlsx");
  const { warnings } = await test.build({ notions: ["shop"], acceptGuesses: true });
  assert.match(warnings.join("\n"), /^column "shop" has whole numbers over 2\^53/m);
  assert.doesNotMatch(warnings.join("\n"), loss);
});
