import assert from "node:assert/strict";
import { dotRadius, drawDots, wordOf } from "../../../../src/explore/page/maps/draw_dots.ts";

const [width, height] = [40, 30];
const white = wordOf("#ffffff");
const blue = wordOf("#0072b2");
const camera = { x: 0, y: 0, span: 10 };
const pane = { left: 5, top: 5, width: 30, height: 20 };

function drawn(layout: readonly number[], chosen: Uint8Array | null = null, every = 1) {
  const words = new Uint32Array(width * height).fill(white);
  const colours = new Uint32Array(layout.length / 2).fill(blue);
  const dots = { layout: Float32Array.from(layout), words: colours, radius: 2, chosen, every };
  drawDots({ width, height, words }, dots, camera, pane);
  return words;
}

Deno.test("drawDots() draws a round dot with a soft edge where the point lies", () => {
  const words = drawn([2, -1]);
  // Two pixels a unit; the camera looks at the middle of the pane.
  const middle = 13 * width + 24;
  assert.equal(words[middle], blue);
  assert.equal(words[middle + 1], blue);
  assert.equal(words[middle + 3], white);
  assert.equal(words[middle + 2 * width + 2], white);
  const soft = words[middle + 2];
  assert.ok(soft !== white && soft !== blue);
  const bytes = new Uint8Array(Uint32Array.of(soft).buffer);
  // Half of #0072b2 over white.
  [0x7f, 0xb8, 0xd8, 0xff].forEach((value, i) => assert.ok(Math.abs(bytes[i] - value) <= 1));
});

Deno.test("wordOf() reads a colour in either spelling", () => {
  assert.equal(wordOf("#102030"), 0xff302010);
  assert.equal(wordOf("rgb(16, 32, 48)"), 0xff302010);
});

Deno.test("drawDots() draws nothing outside its map, nor points that lie nowhere", () => {
  const far = [-7.4, 0, 7.4, 0, 0, -4.9, 0, 4.9, 1e9, 0, NaN, 0];
  for (const [at, word] of drawn(far).entries()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    if (x < 5 || x >= 35 || y < 5 || y >= 25) assert.equal(word, white);
  }
});

Deno.test("drawDots() draws those that are not chosen faintly and below the others", () => {
  const words = drawn([0, 0, 0, 0, 5, 0], Uint8Array.of(1, 0, 0));
  assert.equal(words[15 * width + 20], blue);
  const faint = new Uint8Array(Uint32Array.of(words[15 * width + 30]).buffer);
  assert.ok(faint[0] > 180 && faint[0] < 220, `${faint[0]}`);
});

Deno.test("drawDots() leaves dots out that it is to leave out", () => {
  const words = drawn([-3, 0, 0, 0, 3, 0], null, 2);
  assert.deepEqual([14, 20, 26].map((x) => words[15 * width + x] === blue), [true, false, true]);
});

Deno.test("dotRadius() is small for many dots, larger for few and for near ones", () => {
  const whole = { left: 0, top: 0, width: 800, height: 600 };
  const near = { ...camera, span: 1 };
  assert.ok(dotRadius(50_000, camera, camera, whole) < 1.5);
  assert.ok(dotRadius(500, camera, camera, whole) > 2);
  assert.ok(dotRadius(50_000, camera, near, whole) > dotRadius(50_000, camera, camera, whole));
  assert.equal(dotRadius(3, camera, near, whole), 6);
});
