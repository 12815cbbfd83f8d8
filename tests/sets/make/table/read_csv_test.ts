import fc from "fast-check";
import assert from "node:assert/strict";
import { loadColumns } from "../../../../src/sets/make/table/load_columns.ts";
import { openTable } from "../../../../src/sets/make/table/open_table.ts";
import { join } from "../../../../src/files/paths.ts";
import { TemporaryFolder } from "../../../helpers/temporary_folder.ts";

const pieces = [",", ";", "|", "\t", '"', "\n", "\r\n", " ", "a", "é", "b", "0.5", "x.png", "sep="];

/** A cell without blanks at its ends, as those outside of quotes belong to no cell. */
const cell = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((all) =>
  all.join("").trim()
);

/** A table and how it is written. */
interface Made {
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly rows: string[][];
}

function quoted(text: string): string {
  return /[,;|\t"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

Deno.test("readCsv() finds out what parts the cells, whatever stands in them", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "a.csv");
  const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      delimiter: fc.constantFrom(",", ";", "\t", "|"),
      lineEnd: fc.constantFrom("\n", "\r\n"),
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 8,
      }),
    })
  );
  const write = async ({ delimiter, lineEnd, rows }: Made) => {
    // Every row has an image, so that none is empty.
    const all = rows.map((row, at) => [`${at}.png`, ...row]);
    const head = ["image", ...rows[0].map((_, at) => `column${at}`)];
    const lines = [head, ...all].map((row) => row.map(quoted).join(delimiter) + lineEnd);
    await Deno.writeTextFile(file, lines.join(""));
    return { head, all };
  };
  await fc.assert(
    fc.asyncProperty(table, async (made) => {
      const { head, all } = await write(made);
      const read = await openTable(file);
      assert.deepEqual(read.columns, head);
      const { cells } = await loadColumns(read, head);
      const rows = all.map((_, row) => head.map((name) => cells.get(name)![row]));
      assert.deepEqual(rows, all);
    }),
    { numRuns: 300, seed: 1 },
  );
});
