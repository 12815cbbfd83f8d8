import assert from "node:assert/strict";
import { reportPage } from "../../src/report/report_page.ts";
import { comparison, sweep } from "../helpers/experiment_files.ts";
import { drawingTest } from "../helpers/drawing_test_case.ts";
import { reportData } from "../helpers/report_data.ts";

const nasty = `</title></svg>"'><script>alert(1)</script>&amp;`;
const escaped =
  "&lt;/title&gt;&lt;/svg&gt;&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;";

drawingTest("reportPage() shows texts of the data as text wherever they stand", () => {
  const named = { ...comparison, data: nasty, command: nasty };
  const { html, charts } = reportPage(reportData(nasty), {
    comparison: named,
    sweep: { ...sweep, data: nasty, command: nasty },
  });
  assert.ok(!html.includes("<script"));
  assert.ok(!html.includes(nasty));
  // Head, settings, maps, neighbours, probes, experiments and hard triplets.
  assert.ok(html.split(escaped).length > 25, String(html.split(escaped).length));
  for (const { svg } of charts) assert.ok(!svg.includes("<script"));
});

drawingTest("reportPage() escapes notions inside of charts", () => {
  const data = reportData("x");
  const { model } = data.analysis;
  const { charts } = reportPage({
    ...data,
    analysis: { ...data.analysis, model: { ...model, notions: ["<script>", "b"] } },
  }, { comparison: null, sweep: null });
  const leakage = charts.find(({ name }) => name === "leakage")!;
  assert.ok(leakage.svg.includes(">&lt;script&gt;</text>"), leakage.svg);
  assert.ok(charts.every(({ svg }) => !svg.includes("<script>")));
});

drawingTest("reportPage() refers to nothing outside of the page, and runs nothing", () => {
  const { html } = reportPage(reportData("x"), { comparison, sweep });
  const addresses = [...html.matchAll(/(?:src|href|xlink:href)="([^"]*)"/g)].map((found) =>
    found[1]
  );
  assert.ok(addresses.length > 10);
  for (const address of addresses) assert.match(address, /^(?:#|data:image\/png;base64,)/);
  assert.doesNotMatch(html, /url\((?!["']?#)|@import| on\w+="|<iframe|<object|<link/);
});

drawingTest("reportPage() gives the same bytes for the same data", () => {
  const draw = () => reportPage(reportData("x"), { comparison, sweep });
  assert.deepEqual(draw(), draw());
});

drawingTest("reportPage() leaves out what there is nothing of", () => {
  const whole = reportData("x");
  const { html } = reportPage({
    ...whole,
    metrics: [],
    calibration: null,
    analysis: { ...whole.analysis, ordinal: [], retrieval: [], probe: [] },
  }, { comparison: null, sweep: null });
  const sections = [...html.matchAll(/<section id="(\w+)"/g)].map((found) => found[1]);
  assert.deepEqual(sections, [
    ...["accuracy", "masks", "maps", "neighbours", "leakage", "removal", "hardest"],
  ]);
  const links = [...html.matchAll(/<a href="#(\w+)"/g)].map((found) => found[1]);
  assert.deepEqual(links, sections);
});

drawingTest("reportPage() prints the numbers that its charts show", () => {
  const { html } = reportPage(reportData("x"), { comparison, sweep });
  const rows = [
    ...html.replaceAll("\u00a0", " ").matchAll(/<tr><th scope="row">(.*?)<\/th>(.*?)<\/tr>/g),
  ].map((
    [, name, cells],
  ) => [name, ...[...cells.matchAll(/<td>(.*?)<\/td>/g)].map((cell) => cell[1])].join(" | "));
  for (
    const row of [
      "all | 30 | 80.0 % (70.0 to 90.0)",
      "colour | 20 | 70.0 % (60.0 to 80.0)",
      "shape | 10.0 % (1.0 to 60.0) | 50.0 % (1.0 to 60.0), baseline 45.0 % | 30.0 % (1.0 to 60.0)",
      "colour | 40.0 % (1.0 to 60.0) | 20.0 % (1.0 to 60.0) | 25.0 % (1.0 to 60.0)",
      "shape | 50.0 % (25.0 to 75.5) | 75.0 % (50.0 to 90.0) | 40.0 % (–) | 9 | 8 | 10.0 % | 20.0 % | 15.0 %",
      "shape | 1.00 | –",
      "shape | 0 (+10.00)",
      "shape | −0.25 | – | 100",
      "x | 90.0 % | 60.0 to 98.0 | 60.0 % | 2 | 10 | 5",
      "standard | 40.0 % (38.0 to 43.0) | 35.0 % (33.0 to 38.0) | 45.0 % (43.0 to 48.0) | 0 | 2",
      "standard − learned | alone | +20.0 (+18.0 to +23.0) | +10.0 (+8.0 to +13.0) | +30.0 (+28.0 to +33.0)",
      " | at once | +20.0 (−30.0 to +70.0) | +10.0 (−40.0 to +60.0) | +30.0 (−20.0 to +80.0)",
      " | seeds to show it | 3 | 3 | 3",
      "10 | 50.0 % (48.0 to 53.0) | –",
    ]
  ) assert.ok(rows.includes(row), `${row}\n\n${rows.join("\n")}`);
});

drawingTest(
  "reportPage() says which errors are leakage: below the baseline, where it is known",
  () => {
    const whole = reportData("x");
    const page = (leakage: typeof whole.analysis.leakage) =>
      reportPage({ ...whole, analysis: { ...whole.analysis, leakage } }, {
        ...{ comparison: null, sweep: null },
      });
    const { html, charts } = page(whole.analysis.leakage);
    assert.match(html, /leakage of the masks only as far as it is below its\s+baseline/);
    assert.match(charts.find(({ name }) => name === "leakage")!.svg, /\(45\.0.%\)/);
    assert.match(
      html,
      /more than other images could make it \(95.% intervals.*: shape under\s+the mask of colour/,
    );
    assert.doesNotMatch(html, /colour under\s+the mask of shape/);
    const without = page({ ...whole.analysis.leakage, baseline: null, excess: null }).html;
    assert.match(
      without,
      /knows no values of its images, so what the relation alone would\s+give is/,
    );
    assert.doesNotMatch(without, /In brackets, the baseline/);
  },
);

drawingTest("reportPage() says how many of the images the model was trained on", () => {
  const whole = reportData("x");
  const page = (seenImages: typeof whole.analysis.seenImages) =>
    reportPage({ ...whole, analysis: { ...whole.analysis, seenImages } }, {
      comparison: null,
      sweep: null,
    }).html;
  const counts = (training: number) => ({
    ...{ images: 30, training, validation: 0 },
    notions: [{ name: "shape", images: 20, training, validation: 0 }],
  });
  assert.match(page(null), /is not known: its file does not say/);
  assert.match(page(counts(0)), /trained on none of these images/);
  assert.match(page(counts(18)), /Mind that 18 of the 30 images of the test split were training/);
});

drawingTest("reportPage() draws how far each notion's chances can be relied on", () => {
  const { html, charts } = reportPage(reportData("x"), { comparison: null, sweep: null });
  const diagrams = charts.filter(({ name }) => name.startsWith("reliability"));
  assert.equal(diagrams.length, 3);
  assert.match(html, /<section id="calibration"/);
  assert.match(html, /<td>40 triplets<\/td><td>distance<\/td><td>−0\.300<\/td><td>5\.0.%/);
});
