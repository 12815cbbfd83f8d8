import { type Chart, type ChartSpace, drawChart, faint, legendStyle, textStyle } from "./chart.ts";
import { seriesColour } from "./palette.ts";

/**
 * Draws masks [notion][dimension] as bars that stand on each other, as visdom's mask window does.
 */
export function stackedBars(
  space: ChartSpace,
  notions: readonly string[],
  masks: readonly (readonly number[])[],
): Chart {
  return drawChart(space, {
    legend: { data: [...notions], icon: "rect", ...legendStyle },
    grid: { left: 64, right: 16, top: 48, bottom: 52 },
    xAxis: {
      type: "category",
      data: masks[0].map((_, dimension) => String(dimension)),
      name: "dimension",
      nameLocation: "middle",
      nameGap: 30,
      nameTextStyle: textStyle,
      axisTick: { show: false },
      axisLabel: textStyle,
    },
    yAxis: {
      type: "value",
      name: "mask, summed over notions",
      nameLocation: "middle",
      nameGap: 40,
      nameTextStyle: textStyle,
      axisLabel: textStyle,
      splitLine: { lineStyle: { color: faint } },
    },
    series: notions.map((name, row) => ({
      type: "bar",
      name,
      stack: "masks",
      silent: true,
      barCategoryGap: "15%",
      itemStyle: { color: seriesColour(row) },
      data: [...masks[row]],
    })),
  });
}
