import assert from "node:assert/strict";
import { atlasCell, planAtlas, sheetRows } from "../../src/explore/atlas_plan.ts";

Deno.test("planAtlas() makes pictures smaller the more there are, on sheets of 2048 pixels at most", () => {
  assert.deepEqual(planAtlas(500), { count: 500, cell: 64, columns: 32, sheets: 1 });
  assert.equal(planAtlas(10_000).cell, 48);
  assert.deepEqual(planAtlas(50_025), { count: 50_025, cell: 32, columns: 64, sheets: 13 });
  for (const count of [0, 1, 8192, 8193, 60_000]) {
    const { cell, columns, sheets } = planAtlas(count);
    assert.ok(cell * columns <= 2048);
    assert.ok(sheets * columns ** 2 >= count && (sheets - 1) * columns ** 2 < Math.max(1, count));
  }
});

Deno.test("atlasCell() gives each picture a cell of its own within its sheet", () => {
  const plan = { count: 23, cell: 10, columns: 3, sheets: 3 };
  const cells = Array.from({ length: 23 }, (_, place) => atlasCell(plan, place));
  assert.equal(new Set(cells.map((cell) => JSON.stringify(cell))).size, 23);
  assert.deepEqual(cells[13], { sheet: 1, x: 10, y: 10 });
  for (const { sheet, x, y } of cells) {
    assert.ok(sheet < 3 && x <= 20 && y + 10 <= 10 * sheetRows(plan, sheet));
  }
  assert.deepEqual([0, 1, 2].map((sheet) => sheetRows(plan, sheet)), [3, 3, 2]);
});
