import assert from "node:assert/strict";
import { panned, toScreen, zoomed } from "../../../../src/explore/page/maps/camera.ts";
import { screenCells } from "../../../../src/explore/page/maps/screen_cells.ts";
import { randomUnit } from "../../../../src/base/random.ts";

const layout = Float32Array.from({ length: 4000 }, (_, at) => 4 * randomUnit(1, 0, at) - 2);
const pane = { left: 10, top: 20, width: 600, height: 500 };
const camera = { x: 0, y: 0, span: 4 };

Deno.test("screenCells() shows one point in each cell, the nearest to its middle", () => {
  const { cells, side } = screenCells(layout, camera, pane);
  assert.ok(side > 28 && side < 40, `${side}`);
  assert.ok(cells.length > 80);
  const middles = cells.map(({ x, y }) =>
    `${Math.round(x / side * 2)} ${Math.round(y / side * 2)}`
  );
  assert.equal(new Set(middles).size, cells.length);
  for (const { point, x, y } of cells) {
    const far = (other: number) => {
      const [ox, oy] = toScreen(camera, pane, layout[2 * other], layout[2 * other + 1]);
      return Math.max(Math.abs(ox - x), Math.abs(oy - y)) > side / 2 + 1e-6
        ? Infinity
        : Math.hypot(ox - x, oy - y);
    };
    for (let other = 0; other < 2000; other += 7) assert.ok(far(point) <= far(other) + 1e-3);
  }
});

Deno.test("screenCells() shows the same pictures while the map is dragged", () => {
  const before = screenCells(layout, camera, pane);
  const after = screenCells(layout, panned(camera, pane, 17, 9), pane);
  assert.equal(after.side, before.side);
  const moved = new Map(after.cells.map(({ point, x, y }) => [point, [x, y]]));
  // Those within the view before and after.
  const inner = before.cells.filter(({ x, y }) => x > 60 && x < 540 && y > 70 && y < 460);
  assert.ok(inner.length > 40);
  for (const { point, x, y } of inner) {
    const [nowX, nowY] = moved.get(point)!;
    assert.ok(Math.abs(nowX - x - 17) < 1e-6 && Math.abs(nowY - y - 9) < 1e-6);
  }
});

Deno.test("screenCells() shows a chosen point wherever its cell has one", () => {
  const chosen = Uint8Array.from({ length: 2000 }, (_, point) => point % 40 === 7 ? 1 : 0);
  const { cells, side } = screenCells(layout, camera, pane, chosen);
  assert.deepEqual(
    cells.map(({ x, y }) => [x, y]),
    screenCells(layout, camera, pane).cells.map(({ x, y }) => [x, y]),
  );
  let shown = 0;
  for (let point = 7; point < 2000; point += 40) {
    const [px, py] = toScreen(camera, pane, layout[2 * point], layout[2 * point + 1]);
    const cell = cells.find(({ x, y }) =>
      Math.abs(x - px) < side / 2 && Math.abs(y - py) < side / 2
    );
    if (cell === undefined) continue;
    assert.equal(chosen[cell.point], 1);
    shown++;
  }
  assert.ok(shown > 30);
});

Deno.test("screenCells() shows few points large", () => {
  const { cells, side } = screenCells(layout, zoomed(camera, pane, 6), pane);
  assert.ok(side > 90, `${side}`);
  assert.ok(cells.length > 5);
  assert.deepEqual(screenCells(new Float32Array(0), camera, pane).cells, []);
});
