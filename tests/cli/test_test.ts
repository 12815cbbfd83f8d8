import assert from "node:assert/strict";
import { evaluationTable } from "../../src/cli/test.ts";
import { reportPage } from "../../src/report/report_page.ts";
import { drawingTest } from "../helpers/drawing_test_case.ts";
import { reportData } from "../helpers/report_data.ts";

const measured = { triplets: 10, accuracy: 0.5, loss: 0.2, interval: { low: 0.4, high: 0.6 } };
const evaluation = (...notions: string[]) => ({
  ...{ ...measured, split: "test" as const, triplets: 20, images: 9, seconds: 1 },
  ...{ units: { kind: "images", count: 9 } as const, seenImages: null, taughtElsewhere: [] },
  notions: notions.map((name) => ({ ...measured, name })),
});

const firstCells = (text: string) => text.split("\n").map((line) => line.split(/ {2,}/)[0]);

Deno.test("evaluationTable() shows intervals, what they are of, and that images are few", () => {
  const text = evaluationTable(evaluation("shape", "colour"));
  assert.match(text, /^shape +10 +50\.00 % +40\.00 % to 60\.00 % +0\.2000$/m);
  assert.match(text, /this network on other images; another training run gives another network/);
  assert.match(text, /Mind that the test triplets hold 9 images: with fewer than 45/);
  const groups = { kind: "groups", count: 40 } as const;
  const grouped = evaluationTable({ ...evaluation("shape"), units: groups });
  assert.match(grouped, /on other groups of images \(there are 40\); .*network$/m);
});

Deno.test("evaluationTable() tells a notion called all, of an older model, from all notions", () => {
  const rows = firstCells(evaluationTable(evaluation("shape", "all")));
  assert.equal(rows.filter((cell) => cell === "all").length, 1);
  assert.equal(rows.filter((cell) => cell === "all notions").length, 1);
  assert.ok(firstCells(evaluationTable(evaluation("shape", "colour"))).includes("all"));
});

drawingTest("reportPage() tells a notion called all from all notions", () => {
  const data = reportData("x");
  const { model } = data.analysis;
  const { html } = reportPage({
    ...data,
    analysis: { ...data.analysis, model: { ...model, notions: ["shape", "ALL"] } },
  }, { comparison: null, sweep: null });
  assert.match(html, /Accuracy on the test triplets: all notions 80/);
});
