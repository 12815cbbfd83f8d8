import type { Calibration, FittedChance } from "../../search/calibration.ts";
import type { Chart } from "../charts/chart.ts";
import { intervalChart } from "../charts/interval_chart.ts";
import { count, decimal, percent, percentWithInterval } from "../charts/numbers.ts";
import { beside } from "../figures.ts";
import { paragraph } from "../html.ts";
import { chartFigure, numbers, type Section, table } from "../page_parts.ts";
import { pictureName } from "../picture_name.ts";

/** One chance of one notion, and how it is called. */
interface ShownFit {
  readonly notion: string;
  readonly chance: "nearer" | "same value";
  readonly fit: FittedChance;
  /** How many triplets, or pairs. */
  readonly count: number;
  readonly chart: Chart;
}

/** What chances distances stand for, and how far they can be relied on. */
export function calibrationSection({ set, split, notions }: Calibration): Section {
  const fits = notions.flatMap(({ notion, nearer, same }, row): ShownFit[] => [
    shown(row, notion, "nearer", nearer, nearer.triplets),
    ...same === null ? [] : [shown(row, notion, "same value", same, same.pairs)],
  ]);
  return {
    id: "calibration",
    title: "Distances as chances",
    content: [
      paragraph`How likely a person who judges by a notion calls one image nearer than another, and how
likely two images have the same value: logistic in the distance, or in its square, whichever predicts
better what is left out of the fit. Fitted to the ${split} split of ${set}. The charts and the expected
calibration error are of what was left out: how often it came true of what was given some chance, with
95 % intervals over other images.`,
      table(
        ["notion", "chance", "of", "by", "log likelihood", "calibration error"],
        fits.map(({ notion, chance, fit, count: of }) => [
          notion,
          chance,
          `${count(of)} ${chance === "nearer" ? "triplets" : "pairs"}`,
          fit.measure === "square" ? "squared distance" : "distance",
          decimal(fit.logLikelihood[fit.measure], 3),
          percentWithInterval(fit.reliability.error),
        ]),
      ),
      beside(fits.map(({ chart, notion, chance, fit }) =>
        chartFigure(chart, [
          `${notion}: ${chance}`,
          numbers(
            table(
              ["chance", "how many", "predicted", "came true"],
              fit.reliability.bins.map((bin) => [
                placeOf(bin),
                count(bin.count),
                percent(bin.predicted),
                percentWithInterval(bin.observed),
              ]),
            ),
          ),
        ])
      )),
    ],
    charts: fits.map(({ chart }) => chart),
    pictures: [],
  };
}

function shown(
  row: number,
  notion: string,
  chance: ShownFit["chance"],
  fit: FittedChance,
  count: number,
): ShownFit {
  const { bins } = fit.reliability;
  const chart = intervalChart({
    name: pictureName(`reliability-${chance.replace(" ", "-")}`, row, notion),
    alt:
      `Reliability diagram of the chance "${chance}" by ${notion}: shares that came true against the chance predicted`,
    width: 560,
    height: 320,
  }, {
    places: bins.map(placeOf),
    placesAre: "predicted chance",
    valuesAre: "came true",
    series: [
      { name: "came true", estimates: bins.map(({ observed }) => observed) },
      {
        name: "predicted",
        estimates: bins.map(({ predicted }) => ({
          value: predicted,
          low: predicted,
          high: predicted,
        })),
      },
    ],
  });
  return { notion, chance, fit, count, chart };
}

function placeOf({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${Math.round(100 * low)}–${Math.round(100 * high)} %`;
}
