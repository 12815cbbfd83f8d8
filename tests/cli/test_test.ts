import assert from "node:assert/strict";
import { evaluationTable } from "../../src/cli/test.ts";
import { reportPage } from "../../src/report/report_page.ts";
import { drawingTest } from "../helpers/drawing_test_case.ts";
import { reportData } from "../helpers/report_data.ts";

const measured = { triplets: 10, accuracy: 0.5, standardError: 0.1, loss: 0.2 };
const evaluation = (...notions: string[]) => ({
  ...{ ...measured, split: "test" as const, triplets: 20, images: 9, seconds: 1 },
  notions: notions.map((name) => ({ ...measured, name })),
});

const firstCells = (text: string) => text.split("\n").map((line) => line.split(/ {2,}/)[0]);

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
