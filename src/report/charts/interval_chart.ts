import type { CustomSeriesOption, CustomSeriesRenderItem } from "echarts";
import type { Estimate } from "../../statistics/estimate.ts";
import { type Chart, type ChartSpace, drawChart, faint, legendStyle, textStyle } from "./chart.ts";
import { type Marker, seriesColour, seriesMarker } from "./palette.ts";

/** Estimates of one kind, with a colour and a marker of their own. */
export interface IntervalSeries {
  /** Its name in the legend. */
  readonly name: string;
  /** At each place of the axis, in order; null where nothing was measured. */
  readonly estimates: readonly (Estimate | null)[];
}

/** Estimates with their intervals at named places, or at numbers on a log axis. */
export interface IntervalChart {
  /** Names of the places, or their numbers. */
  readonly places: readonly string[] | readonly number[];
  /** What the places are. */
  readonly placesAre?: string;
  /** What is measured. */
  readonly valuesAre: string;
  /** The series; a legend names them when there are several. */
  readonly series: readonly IntervalSeries[];
  /** Whether the points of a series are joined, as those of one quantity along the axis. */
  readonly isJoined?: boolean;
}

/** Pixels between markers of two series at one place. */
const apart = 16;

/** Half the width of the bars that end an interval. */
const cap = 7;

/** Draws shares as percentages with their intervals. */
export function intervalChart(space: ChartSpace, chart: IntervalChart): Chart {
  const { places, series } = chart;
  const isLog = places.every((place) => typeof place === "number");
  const hasLegend = series.length > 1;
  return drawChart(space, {
    legend: hasLegend
      ? { data: series.map(({ name }, i) => ({ name, icon: seriesMarker(i) })), ...legendStyle }
      : { show: false },
    grid: { left: 64, right: 24, top: hasLegend ? 48 : 24, bottom: chart.placesAre ? 60 : 36 },
    xAxis: {
      ...(isLog
        ? { type: "log" as const, ...logRange(places as number[]) }
        : { type: "category" as const, data: [...places] }),
      name: chart.placesAre,
      nameLocation: "middle",
      nameGap: 36,
      nameTextStyle: textStyle,
      axisLabel: {
        ...textStyle,
        ...(isLog
          ? { customValues: [...places as number[]] }
          : { interval: 0, width: 88, overflow: "truncate" }),
      },
      ...(isLog ? { axisTick: { customValues: [...places as number[]] } } : {}),
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      name: chart.valuesAre,
      nameLocation: "middle",
      nameGap: 46,
      nameTextStyle: textStyle,
      min: 0,
      axisLabel: { ...textStyle, formatter: "{value} %" },
      splitLine: { lineStyle: { color: faint } },
    },
    series: series.flatMap((each, i) => [
      ...(chart.isJoined ? [joined(each, places, isLog, i)] : []),
      intervals(each, places, isLog, i, isLog ? 0 : (i - (series.length - 1) / 2) * apart),
    ]),
  });
}

/**
 * A log axis that has room beside the first and the last number, lest intervals lie on the frame.
 */
function logRange(places: readonly number[]): { min: number; max: number } {
  return { min: Math.min(...places) / 1.4, max: Math.max(...places) * 1.4 };
}

function joined(
  { name, estimates }: IntervalSeries,
  places: readonly (string | number)[],
  isLog: boolean,
  index: number,
) {
  return {
    type: "line" as const,
    name,
    silent: true,
    symbol: "none",
    lineStyle: { color: seriesColour(index), width: 2 },
    itemStyle: { color: seriesColour(index) },
    data: estimates.flatMap((estimate, place) =>
      estimate === null ? [] : [[isLog ? places[place] : place, 100 * estimate.value]]
    ),
  };
}

function intervals(
  { name, estimates }: IntervalSeries,
  places: readonly (string | number)[],
  isLog: boolean,
  index: number,
  shift: number,
): CustomSeriesOption {
  const colour = seriesColour(index);
  const marker = seriesMarker(index);
  const draw: CustomSeriesRenderItem = (_, api) => {
    const at = (value: number) => api.coord([api.value(0), value]);
    const [x, y] = at(api.value(1) as number);
    const [low, high] = [at(api.value(2) as number)[1], at(api.value(3) as number)[1]];
    const middle = x + shift;
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: "line" as const,
      shape: { x1, y1, x2, y2 },
      style: { stroke: colour, lineWidth: 2 },
    });
    return {
      type: "group",
      children: [
        line(middle, low, middle, high),
        line(middle - cap, low, middle + cap, low),
        line(middle - cap, high, middle + cap, high),
        markerShape(marker, middle, y, colour),
      ],
    };
  };
  return {
    type: "custom",
    name,
    silent: true,
    clip: false,
    itemStyle: { color: colour },
    renderItem: draw,
    // Which of the numbers the axes have to make room for.
    encode: { x: 0, y: [1, 2, 3] },
    data: estimates.flatMap((estimate, place) =>
      estimate === null ? [] : [[
        isLog ? places[place] : place,
        100 * estimate.value,
        100 * estimate.low,
        100 * estimate.high,
      ]]
    ),
  };
}

function markerShape(marker: Marker, x: number, y: number, fill: string) {
  const polygon = (points: [number, number][]) => ({
    type: "polygon" as const,
    shape: { points: points.map(([dx, dy]) => [x + dx, y + dy]) },
    style: { fill },
  });
  switch (marker) {
    case "circle":
      return { type: "circle" as const, shape: { cx: x, cy: y, r: 5 }, style: { fill } };
    case "rect":
      return polygon([[-5, -5], [5, -5], [5, 5], [-5, 5]]);
    case "triangle":
      return polygon([[0, -6], [6, 5], [-6, 5]]);
    case "diamond":
      return polygon([[0, -7], [6, 0], [0, 7], [-6, 0]]);
  }
}
