import { type Chart, type ChartSpace, drawChart, textStyle } from "./chart.ts";
import { colourAt, inkOn } from "./palette.ts";

/** Numbers in rows and columns, shown as colours. */
export interface HeatMap {
  /** Names of the rows, from the top. */
  readonly rows: readonly string[];
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** What the columns are; nothing for a matrix whose names say so. */
  readonly columnsAre?: string;
  /** [row][column]; a null cell stays empty. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Colours, from the lowest number to the highest. */
  readonly colours: readonly string[];
  /** Lowest and highest number. */
  readonly range: readonly [low: number, high: number];
  /** How numbers are written. */
  readonly format: (value: number) => string;
  /** [row][column]: what else stands in a cell, below its number. */
  readonly below?: readonly (readonly (string | null)[])[];
  /** Whether each cell shows its number. */
  readonly hasNumbers: boolean;
}

const rowHeight = 44;

/** Characters of the longest row name that fit beside the map. */
const mostCharacters = 16;

/** Draws a heat map. */
export function heatMap(space: ChartSpace, map: HeatMap): Chart {
  const { rows, columns, values, below, colours, range, format, hasNumbers } = map;
  const [low, high] = range;
  const left = 24 + 8 * Math.min(mostCharacters, Math.max(...rows.map(({ length }) => length)));
  const isTurned = hasNumbers && Math.max(...columns.map(({ length }) => length)) > 10;
  const bottom = (map.columnsAre === undefined ? 36 : 56) + (isTurned ? 40 : 0);
  const cells = values.flatMap((line, row) =>
    line.flatMap((value, column) =>
      value === null ? [] : [{
        value: [column, row, value],
        label: {
          color: inkOn(colourAt(colours, high === low ? 0.5 : (value - low) / (high - low))),
        },
      }]
    )
  );
  const names = { width: 8 * mostCharacters, overflow: "truncate" as const, ...textStyle };
  return drawChart({ height: 24 + rowHeight * rows.length + bottom, ...space }, {
    grid: { left, right: hasNumbers ? 16 : 92, top: 16, bottom },
    xAxis: {
      type: "category",
      data: [...columns],
      name: map.columnsAre,
      nameLocation: "middle",
      nameGap: 32,
      nameTextStyle: textStyle,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...names, rotate: isTurned ? 25 : 0, ...(hasNumbers ? { interval: 0 } : {}) },
    },
    yAxis: {
      type: "category",
      data: [...rows],
      inverse: true,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: names,
    },
    visualMap: {
      show: !hasNumbers,
      min: low,
      max: high,
      calculable: false,
      inRange: { color: [...colours] },
      text: [format(high), format(low)],
      textStyle,
      right: 8,
      top: 16,
      itemWidth: 12,
      itemHeight: Math.max(40, rowHeight * rows.length - 44),
    },
    series: [{
      type: "heatmap",
      data: cells,
      silent: true,
      label: {
        show: hasNumbers,
        fontSize: 13,
        formatter: ({ value }) => {
          const [column, row, number] = value as number[];
          const more = below?.[row]?.[column];
          return more ? `${format(number)}\n${more}` : format(number);
        },
      },
    }],
  });
}
