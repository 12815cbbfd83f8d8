import assert from "node:assert/strict";
import {
  cameraFor,
  panned,
  readCamera,
  toPlane,
  toScreen,
  writeCamera,
  zoomed,
} from "../../../../src/explore/page/maps/camera.ts";

const pane = { left: 100, top: 50, width: 400, height: 200 };
const camera = { x: 1, y: -2, span: 4 };

function assertNear(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-9, `${found}`));
}

Deno.test("toScreen() and toPlane() are each other's opposite, the camera's place in the middle", () => {
  assert.deepEqual(toScreen(camera, pane, 1, -2), [300, 150]);
  // 200 pixels show 4 units.
  assert.deepEqual(toScreen(camera, pane, 2, 0), [350, 250]);
  assertNear(toPlane(camera, pane, ...toScreen(camera, pane, 0.3, -1.7)), [0.3, -1.7]);
});

Deno.test("panned() moves the plane with the pointer", () => {
  const [x, y] = toPlane(camera, pane, 210, 120);
  assertNear(toScreen(panned(camera, pane, 30, -12), pane, x, y), [240, 108]);
});

Deno.test("zoomed() leaves what lies at the pointer where it is, and ends at its limits", () => {
  const [x, y] = toPlane(camera, pane, 210, 120);
  const near = zoomed(camera, pane, 3, [210, 120]);
  assertNear(toScreen(near, pane, x, y), [210, 120]);
  assertNear([near.span], [4 / 3]);
  assert.deepEqual(zoomed(camera, pane, 2), { x: 1, y: -2, span: 2 });
  assert.equal(zoomed(camera, pane, 1e12).span, 1e-4);
  assert.equal(zoomed(camera, pane, 1e-12).span, 100);
});

Deno.test("cameraFor() shows all points of all layouts, but for a few that lie far off", () => {
  const layout = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i) * (i % 2 + 1));
  const shown = (found: ReturnType<typeof cameraFor>, x: number, y: number) =>
    Math.abs(x - found.x) <= found.span / 2 && Math.abs(y - found.y) <= found.span / 2;
  const both = cameraFor([layout, Float32Array.from([5, 6])]);
  assert.ok(shown(both, 5, 6) && shown(both, -1, -2));
  layout[0] = 1e6;
  const found = cameraFor([layout]);
  assert.ok(found.span < 10);
  // On a map twice as wide as it is high, what is wide is seen nearer.
  const wide = Float32Array.from([0, 0, 8, 0, 0, 1, 8, 1]);
  assert.equal(cameraFor([wide], 2).span, cameraFor([wide]).span / 2);
  assert.equal(cameraFor([wide], 0.5).span, cameraFor([wide]).span);
  assert.deepEqual(cameraFor([]), { x: 0, y: 0, span: 1 });
  assert.equal(cameraFor([new Float32Array(8)]).span, 1);
});

Deno.test("readCamera() reads what writeCamera() wrote, and nothing else", () => {
  assert.deepEqual(readCamera(writeCamera({ x: 0.12345678, y: -3, span: 2 })), {
    x: 0.12346,
    y: -3,
    span: 2,
  });
  for (const text of [null, "", "1,2", "1,2,x", "1,2,0", "1,,3", "1,2,Infinity", "1,2,3,4"]) {
    assert.equal(readCamera(text), null, `${text}`);
  }
});
