import { type Chart, type ChartSpace, drawChart, faint, legendStyle, textStyle } from "./chart.ts";
import { seriesColour, seriesMarker } from "./palette.ts";

/** Numbers by epoch. */
export interface LineChart {
  /** Epochs. */
  readonly epochs: readonly number[];
  /** What is measured. */
  readonly valuesAre: string;
  /** Each line by its name; NaN leaves a gap. */
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** How numbers at the axis are written; "{value}" stands for the number. */
  readonly format: string;
}

/** More epochs than this are shown without a marker at each. */
const mostMarked = 40;

/** Draws lines over epochs. */
export function lineChart(
  space: ChartSpace,
  { epochs, valuesAre, lines, format }: LineChart,
): Chart {
  return drawChart(space, {
    legend: {
      data: lines.map(({ name }, i) => ({ name, icon: seriesMarker(i) })),
      ...legendStyle,
    },
    grid: { left: 64, right: 24, top: 56, bottom: 56 },
    xAxis: {
      type: "category",
      data: epochs.map(String),
      name: "epoch",
      nameLocation: "middle",
      nameGap: 32,
      nameTextStyle: textStyle,
      axisLabel: textStyle,
    },
    yAxis: {
      type: "value",
      name: valuesAre,
      nameLocation: "middle",
      nameGap: 46,
      nameTextStyle: textStyle,
      // Curves that lie close together need the room more than the axis needs its zero.
      scale: true,
      axisLabel: { ...textStyle, formatter: format },
      splitLine: { lineStyle: { color: faint } },
    },
    series: lines.map(({ name, values }, i) => ({
      type: "line",
      name,
      silent: true,
      symbol: epochs.length > mostMarked ? "none" : seriesMarker(i),
      symbolSize: 8,
      lineStyle: { width: 2, color: seriesColour(i) },
      itemStyle: { color: seriesColour(i) },
      data: values.map((value) => Number.isFinite(value) ? value : null),
    })),
  });
}
