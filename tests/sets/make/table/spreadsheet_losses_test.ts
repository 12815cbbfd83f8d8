import assert from "node:assert/strict";
import { spreadsheetLoss } from "../../../../src/sets/make/table/spreadsheet_losses.ts";

const remedy =
  "different ones may have become the same: take the table from before, or import the column as text";

Deno.test("spreadsheetLoss() knows long numbers by their short form, with a point or a comma", () => {
  assert.equal(
    spreadsheetLoss(["1.23457E+11", "7", ["1,2E+15", "x"], "1E+12"]),
    `3 cells are as a spreadsheet shortens whole numbers, such as 1.23457E+11; ${remedy}`,
  );
});

Deno.test("spreadsheetLoss() knows rounded numbers by the zeros after the fifteenth digit", () => {
  assert.equal(
    spreadsheetLoss(["7045120923001450000", "7045120999001450000", "7045120923001450000", ""]),
    `3 cells are numbers whose digits from the sixteenth on are all 0, as a spreadsheet rounds them, such as 7045120923001450000; ${remedy}`,
  );
  assert.equal(
    spreadsheetLoss(["-1000000000000010", "1000000000000020", "1000000000000030", "5"])?.slice(
      0,
      11,
    ),
    "3 cells are",
  );
});

Deno.test("spreadsheetLoss() leaves numbers alone that keep their digits, and what only looks alike", () => {
  for (
    const cells of [
      ["7045120923001450001", "7045120923001450000"],
      // Two of a hundred numbers end so by chance.
      ["1000000000000010", "1000000000000020"],
      ["1e+11", "1.5e-05", "1.5E+3", "E+11", "12.5E+11", "SAGE+12"],
      ["100000000000000", "200000000000000", "0007045120923001", ""],
      [],
    ]
  ) assert.equal(spreadsheetLoss(cells), null, cells.join());
});
