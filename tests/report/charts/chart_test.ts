import assert from "node:assert/strict";
import { heatMap } from "../../../src/report/charts/heat_map.ts";
import { inlineSvg } from "../../../src/report/charts/chart.ts";
import { intervalChart } from "../../../src/report/charts/interval_chart.ts";
import { colourAt, inkOn, seriesColour, viridis } from "../../../src/report/charts/palette.ts";
import { drawingTest } from "../../helpers/drawing_test_case.ts";

/** Vertical lines that a series draws: x, and y of both ends. */
function uprights(svg: string, colour: string): { x: number; ends: [number, number] }[] {
  const found = svg.matchAll(
    new RegExp(`<path d="M([\\d.]+) ([\\d.]+)L([\\d.]+) ([\\d.]+)"[^>]*stroke="${colour}"`, "g"),
  );
  return [...found].map((match) => match.slice(1).map(Number))
    .filter(([x1, y1, x2, y2]) => x1 === x2 && y1 !== y2)
    .map(([x, y1, , y2]) => ({ x, ends: [y1, y2] }));
}

drawingTest("intervalChart() draws intervals to scale, side by side at each place", () => {
  const { svg } = intervalChart({ name: "test", alt: "a test" }, {
    places: ["a", "b"],
    valuesAre: "error",
    series: [
      { name: "one", estimates: [{ value: 0.4, low: 0.2, high: 0.6 }, null] },
      {
        name: "two",
        estimates: [{ value: 0.5, low: 0.4, high: 0.8 }, { value: 0.1, low: 0, high: 0.2 }],
      },
    ],
  });
  const [first] = uprights(svg, seriesColour(0));
  const [second, third] = uprights(svg, seriesColour(1));
  const length = ({ ends }: { ends: [number, number] }) => Math.abs(ends[0] - ends[1]);
  // 0.2 to 0.6, 0.4 to 0.8 and 0 to 0.2.
  assert.ok(Math.abs(length(first) - length(second)) < 0.1);
  assert.ok(Math.abs(length(first) - 2 * length(third)) < 0.1);
  assert.ok(Math.abs(Math.max(...first.ends) - Math.max(...second.ends) - length(third)) < 0.1);
  assert.equal(second.x - first.x, 16);
  assert.ok(third.x > second.x + 100);
});

drawingTest("intervalChart() sets numbers on a log axis", () => {
  const estimate = { value: 0.4, low: 0.2, high: 0.6 };
  const { svg } = intervalChart({ name: "test", alt: "a test" }, {
    places: [10, 100, 1000],
    placesAre: "triplets",
    valuesAre: "error",
    series: [{ name: "one", estimates: [estimate, estimate, estimate] }],
    isJoined: true,
  });
  const [a, b, c] = uprights(svg, seriesColour(0)).map(({ x }) => x);
  // Lines are moved to whole pixels.
  assert.ok(Math.abs((b - a) - (c - b)) < 0.6, `${a} ${b} ${c}`);
  const labels = [...svg.matchAll(/>([\d,]+)<\/text>/g)].map((found) => found[1]);
  assert.deepEqual(labels, ["10", "100", "1,000"]);
});

drawingTest("heatMap() colours cells by their number and leaves out those without", () => {
  const { svg } = heatMap({ name: "test", alt: "a test" }, {
    rows: ["r", "s"],
    columns: ["c", "d"],
    values: [[0, 1], [0.5, null]],
    colours: ["#000000", "#ffffff"],
    range: [0, 1],
    format: (value) => value.toFixed(1),
    hasNumbers: true,
  });
  const labels = [...svg.matchAll(/fill="(#\w+)"[^>]*>([\d.]+)<\/text>/g)];
  assert.deepEqual(labels.map((found) => found[2]), ["0.0", "1.0", "0.5"]);
  assert.deepEqual(labels.map((found) => found[1]), ["#ffffff", "#000000", "#000000"]);
  const cells = [...svg.matchAll(/<path d="[^"]+Z" fill="([^"]+)"/g)].map((found) => found[1]);
  for (const colour of ["rgb(0,0,0)", "rgb(255,255,255)"]) assert.ok(cells.includes(colour));
  assert.equal(cells.length, 3);
});

drawingTest(
  "charts name themselves to screen readers, hold no style or script, and take the page's inks",
  () => {
    const alt = `the "alt" <text>`;
    const chart = heatMap({ name: "test", alt }, {
      rows: ["r"],
      columns: ["c"],
      values: [[1]],
      colours: viridis,
      range: [0, 1],
      format: String,
      hasNumbers: false,
    });
    const escaped = "the &quot;alt&quot; &lt;text&gt;";
    assert.ok(chart.svg.includes(`role="img" aria-label="${escaped}">\n<title>${escaped}</title>`));
    assert.doesNotMatch(chart.svg, /<style|<script|class="zr|ecmeta|pointer-events/);
    assert.match(chart.svg, /<rect class="ground"/);
    const inline = inlineSvg(chart);
    assert.doesNotMatch(inline, /<rect class="ground"|#1b1c1d/);
    assert.match(inline, /fill="var\(--ink\)"/);
  },
);

drawingTest("colourAt() mixes evenly spaced steps, and inkOn() can be read on them", () => {
  assert.equal(colourAt(["#000000", "#ff0000", "#ffffff"], 0.25), "#800000");
  assert.equal(colourAt(["#000000", "#ff0000", "#ffffff"], 0.75), "#ff8080");
  assert.deepEqual([colourAt(viridis, -1), colourAt(viridis, 2)], ["#440154", "#fde725"]);
  for (let place = 0; place <= 1; place += 0.05) {
    const colour = colourAt(viridis, place);
    assert.ok(contrast(colour, inkOn(colour)) >= 4.5, colour);
  }
});

/** WCAG 2.2's contrast ratio. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, channel) => {
      const share = parseInt(colour.slice(1 + 2 * channel, 3 + 2 * channel), 16) / 255;
      return sum + weight * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
    }, 0);
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}
