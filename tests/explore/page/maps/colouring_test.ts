import assert from "node:assert/strict";
import {
  colouringOf,
  otherColour,
  unknownColour,
} from "../../../../src/explore/page/maps/colouring.ts";
import { seriesColour, viridis } from "../../../../src/report/charts/palette.ts";

Deno.test("colouringOf() gives words colours of the palette, rare ones and those that are not known a grey", () => {
  const values = ["", ..."abcdefghi"];
  const codes = [..."abcdefghia"].map((letter) => values.indexOf(letter)).concat(0, 0);
  const { colours, legend } = colouringOf({ values, codes }, codes.length);
  assert.equal(colours[0], seriesColour(0));
  assert.equal(colours[9], colours[0]);
  assert.equal(new Set(colours.slice(0, 7)).size, 7);
  assert.deepEqual(colours.slice(7, 9), [otherColour, otherColour]);
  assert.deepEqual(colours.slice(10), [unknownColour, unknownColour]);
  assert.ok(legend.kind === "values");
  assert.deepEqual(legend.entries.slice(0, 2).map(({ label, count }) => [label, count]), [
    ["a", 2],
    ["b", 1],
  ]);
  assert.deepEqual(legend.entries.slice(-2).map(({ label, count }) => [label, count]), [
    ["2 other values", 2],
    ["not known", 2],
  ]);
});

Deno.test("colouringOf() gives many numbers a scale, few of them colours in their order", () => {
  const values = ["", ...Array.from({ length: 11 }, (_, i) => `${10 - i}`)];
  const codes = Array.from({ length: 12 }, (_, i) => i);
  const { colours, legend } = colouringOf({ values, codes }, 12);
  assert.deepEqual(legend, { kind: "scale", low: 0, high: 10, steps: viridis, unknown: 1 });
  assert.deepEqual([colours[0], colours[1], colours[11]], [unknownColour, viridis[9], viridis[0]]);
  const few = colouringOf({ values: ["10", "9", "2"], codes: [0, 1, 2, 2] }, 4).legend;
  assert.ok(few.kind === "values");
  assert.deepEqual(few.entries.map(({ label }) => label), ["2", "9", "10"]);
});

Deno.test("colouringOf() gives all one colour where nothing is known", () => {
  const { colours, legend } = colouringOf(null, 3);
  assert.deepEqual(colours, new Array(3).fill(seriesColour(0)));
  assert.deepEqual(legend, { kind: "none" });
});
