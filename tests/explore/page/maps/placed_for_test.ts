import assert from "node:assert/strict";
import { toScreen } from "../../../../src/explore/page/maps/camera.ts";
import { placedFor } from "../../../../src/explore/page/maps/placed_for.ts";

Deno.test("placedFor() lays what was drawn for one camera where another one sees it", () => {
  const pane = { left: 40, top: 7, width: 300, height: 200 };
  const drawn = { x: 0.5, y: -1, span: 4 };
  const camera = { x: 0.9, y: -1.3, span: 2.5 };
  const { scale, right, down } = placedFor(drawn, camera, pane);
  for (const [x, y] of [[0, 0], [1.5, -2], [-3, 0.25]]) {
    const [left, top] = toScreen(drawn, pane, x, y);
    const [expectedLeft, expectedTop] = toScreen(camera, pane, x, y);
    assert.ok(Math.abs(scale * left + right - expectedLeft) < 1e-9);
    assert.ok(Math.abs(scale * top + down - expectedTop) < 1e-9);
  }
});

Deno.test("placedFor() leaves what was drawn for the same camera where it is", () => {
  const camera = { x: 0.1, y: 0.7, span: 3 };
  const pane = { left: 466.5, top: 0, width: 466.5, height: 380 };
  assert.deepEqual(placedFor(camera, camera, pane), { scale: 1, right: 0, down: 0 });
});
