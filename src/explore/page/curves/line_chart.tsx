/** A chart of lines over epochs, by uPlot, with its legend. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { notionColour } from "../explored.ts";
import { theme } from "../theme.ts";
import { useWidth } from "../use_width.ts";
import { type Chart, type Line, toldOf } from "./lines.ts";

const chartHeight = 220;

/** Dashes of the runs, the model's own first. */
const dashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [1, 2]];

/** Colours that the page has now, light or dark. */
function pageColour(name: string, otherwise: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
}

/** A line's colour; of number -1 that of text. */
function colourOf({ colour }: Line): string {
  return colour < 0 ? pageColour("--ink", "#1b1c1d") : notionColour(colour);
}

/** A chart; an epoch that is pointed at is reported. */
export function LineChart({ chart, best, looked, onPoint }: {
  readonly chart: Chart;
  /** The best epoch of the model's run; null where none is. */
  readonly best: number | null;
  /** The epoch that is looked at. */
  readonly looked: number | null;
  readonly onPoint: (epoch: number) => void;
}) {
  const [box, width] = useWidth<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const marks = useRef({ best, looked, onPoint });
  marks.current = { best, looked, onPoint };
  // A chart is made anew for other lines, or other colours; new epochs only change its data.
  const kind = JSON.stringify([
    ...[chart.title, width, theme.value],
    chart.lines.map(({ name, colour, run }) => [name, colour, run]),
  ]);
  const data = [chart.epochs, ...chart.lines.map(({ values }) => values)] as uPlot.AlignedData;
  useEffect(() => {
    if (width === 0) return;
    plot.current = new uPlot(settings(chart, width, marks), data, box.current!);
    return () => {
      plot.current!.destroy();
      plot.current = null;
    };
  }, [kind]);
  useEffect(() => plot.current?.setData(data), [chart]);
  useEffect(() => plot.current?.redraw(false), [best, looked]);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => plot.current?.redraw(false);
    dark.addEventListener("change", redraw);
    return () => dark.removeEventListener("change", redraw);
  }, []);
  const told = chart.lines.map((line) => toldOf(line, chart)).join("; ");
  return (
    <figure class="line-chart">
      <figcaption>{chart.title}</figcaption>
      <div
        ref={box}
        class="plot"
        role="img"
        aria-label={`${chart.title} over ${chart.epochs.length} epochs: ${told}`}
      />
      <Legend chart={chart} looked={looked} />
    </figure>
  );
}

/** The lines, with their values in the epoch that is looked at. */
function Legend({ chart, looked }: { readonly chart: Chart; readonly looked: number | null }) {
  const at = looked === null ? -1 : chart.epochs.indexOf(looked);
  return (
    <ul class="legend">
      {chart.lines.map((line) => {
        const value = line.values[at] ?? null;
        return (
          <li key={line.name}>
            <svg class="dash" width="24" height="8" aria-hidden="true">
              <line
                {...{ x1: 0, x2: 24, y1: 4, y2: 4 }}
                stroke={line.colour < 0 ? "currentColor" : colourOf(line)}
                stroke-width={line.colour < 0 ? 3 : 2}
                stroke-dasharray={dashes[line.run].join(" ")}
              />
            </svg>
            <span>{line.name}</span>
            <span class="numbers">
              {value === null ? "" : chart.format(value)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function settings(
  { lines, format }: Chart,
  width: number,
  marks: {
    readonly current: {
      readonly best: number | null;
      readonly looked: number | null;
      readonly onPoint: (epoch: number) => void;
    };
  },
): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => pageColour("--quiet", "#5b5f66"),
    grid: { stroke: () => pageColour("--line", "#d9dbdf"), width: 1 },
    ticks: { stroke: () => pageColour("--line", "#d9dbdf"), width: 1, size: 4 },
    font: "12px system-ui, sans-serif",
  };
  // A tick has no digits that it does not need.
  const tick = (value: number) =>
    format(value).replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");
  return {
    width,
    height: chartHeight,
    legend: { show: false },
    cursor: { x: true, y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false } },
    axes: [
      // An epoch is a whole number.
      { ...axis, incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000], size: 30 },
      {
        ...axis,
        size: 72,
        values: (_, splits) => splits.map(tick),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.name,
        stroke: () => colourOf(line),
        width: line.colour < 0 ? 3 : 2,
        dash: [...dashes[line.run]],
        points: { fill: () => pageColour("--ground", "#ffffff") },
      })),
    ],
    hooks: {
      setCursor: [(self) => {
        const { idx } = self.cursor;
        if (idx != null && (self.cursor.left ?? -1) >= 0) marks.current.onPoint(self.data[0][idx]);
      }],
      draw: [(self) => {
        const { best, looked } = marks.current;
        if (best !== null) upright(self, best, pageColour("--quiet", "#5b5f66"), [4, 4]);
        if (looked !== null) upright(self, looked, pageColour("--link", "#005a8f"), []);
      }],
    },
  };
}

/** An upright line at an epoch. */
function upright(self: uPlot, epoch: number, colour: string, dash: readonly number[]): void {
  const x = Math.round(self.valToPos(epoch, "x", true));
  const { left, top, width, height } = self.bbox;
  if (x < left || x > left + width) return;
  const { ctx } = self;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.restore();
}
