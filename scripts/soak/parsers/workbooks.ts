/** Excel workbooks. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openTable } from "../../../src/sets/make/table/open_table.ts";
import { zip } from "../../../tests/helpers/zip.ts";
import { bytesOf, type Input, type Parser } from "./parser.ts";
import { spoilt } from "./spoil.ts";

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** A workbook's parts (ECMA-376). */
const parts: Readonly<Record<string, string>> = {
  "[Content_Types].xml":
    `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`,
  "xl/workbook.xml":
    `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels":
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${relations}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
  "xl/styles.xml":
    `<styleSheet xmlns="${main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
  "xl/sharedStrings.xml":
    `<sst xmlns="${main}"><si><t>image</t></si><si><t>colour</t></si><si><t>1.png</t></si></sst>`,
  "xl/worksheets/sheet1.xml":
    `<worksheet xmlns="${main}"><dimension ref="A1:B2"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>45000</v></c></row></sheetData></worksheet>`,
};

function workbook(changed: Readonly<Record<string, Uint8Array>> = {}): Uint8Array<ArrayBuffer> {
  return zip(
    Object.entries(parts).map(([name, text]) => ({ name, data: changed[name] ?? text })),
  );
}

/**
 * Not spoilt: read-excel-file makes a cell for every address up to the largest, as memory allows.
 */
const sheet = "xl/worksheets/sheet1.xml";

/** Workbooks whose archive or one of whose parts is spoilt. */
export function workbooks(): Parser<readonly string[]> {
  const spoilable = Object.keys(parts).filter((name) => name !== sheet);
  const withPart = fc.constantFrom(...spoilable).chain((name) =>
    spoilt([bytesOf(parts[name])]).map((bytes) => workbook({ [name]: bytes }))
  );
  const right: fc.Arbitrary<Input<readonly string[]>> = fc.constant({
    bytes: workbook(),
    right: ["1.png", "2023-03-15T00:00:00.000Z"],
  });
  return {
    name: "xlsx",
    file: "table.xlsx",
    inputs: fc.oneof(
      { arbitrary: withPart.map((bytes) => ({ bytes })), weight: 6 },
      { arbitrary: spoilt([workbook()]).map((bytes) => ({ bytes })), weight: 3 },
      { arbitrary: right, weight: 1 },
    ),
    read: async (file) => {
      const table = await openTable(file);
      const cells: string[] = [];
      for await (const row of table.rows(table.columns)) {
        for (const column of table.columns) cells.push(...[row.cell(column)].flat());
      }
      return cells;
    },
    verify: (cells) => assert.ok(cells.every((cell) => typeof cell === "string")),
  };
}
