import { zip } from "./zip.ts";

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packaged = "http://schemas.openxmlformats.org/package/2006/relationships";

/** An Excel workbook of one sheet: texts and numbers as they are given, up to 26 in a row. */
export function workbook(
  rows: readonly (readonly (string | number)[])[],
): Uint8Array<ArrayBuffer> {
  const sheet = rows.map((row, at) =>
    `<row>${row.map((cell, column) => cellXml(cell, place(column, at))).join("")}</row>`
  );
  const files = {
    "xl/workbook.xml":
      `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels":
      `<Relationships xmlns="${packaged}"><Relationship Id="r1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><sheetData>${
      sheet.join("")
    }</sheetData></worksheet>`,
  };
  return zip(Object.entries(files).map(([name, data]) => ({ name, data })));
}

function place(column: number, row: number): string {
  return `${String.fromCharCode(65 + column)}${row + 1}`;
}

function cellXml(cell: string | number, place: string): string {
  return typeof cell === "number"
    ? `<c r="${place}"><v>${cell}</v></c>`
    : `<c r="${place}" t="inlineStr"><is><t>${cell}</t></is></c>`;
}
