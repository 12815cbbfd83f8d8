/** A comparison by hand: two variants, two seeds, four triplets of two notions. */
import assert from "node:assert/strict";
import { comparisonText } from "../../src/cli/comparison_table.ts";
import { sweepText } from "../../src/cli/sweep_table.ts";
import type { CellResult } from "../../src/experiment/run_cell.ts";
import { aheadOf, seedsToShow } from "../../src/experiment/estimate_differences.ts";
import { studentT } from "../../src/statistics/quantiles.ts";
import { TripletParts } from "../../src/statistics/triplet_parts.ts";
import { comparisonOf } from "../../src/experiment/summarise_comparison.ts";
import { ladder, sweepPoints } from "../../src/experiment/sweep.ts";
import type { Comparison } from "../../src/experiment/comparison.ts";
import { comparisonCsv } from "../../src/experiment/comparison_csv.ts";
import type { Sweep } from "../../src/experiment/sweep_points.ts";
import { sweepCsv } from "../../src/experiment/sweep_csv.ts";
import type { Variant } from "../../src/network/variant.ts";

const triplets = {
  notions: ["colour", "shape"],
  // The first and the last share image 0.
  images: Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 10]),
  notion: Uint8Array.from([0, 0, 1, 1]),
};

function result(
  variant: Variant,
  seed: number,
  outcomes: number[],
  trainTriplets = 10,
): CellResult {
  return {
    cell: { name: `${variant}-seed${seed}`, variant, seed, trainTriplets },
    scores: {
      outcomes: Uint8Array.from(outcomes),
      epoch: seed,
      trainTriplets: 2 * trainTriplets,
      embeddedImages: 120,
      seconds: 30 * seed,
    },
  };
}

const results = [
  result("standard", 1, [1, 0, 2, 1]),
  result("fixed", 1, [0, 0, 0, 1]),
  result("standard", 2, [1, 0, 1, 0]),
  result("fixed", 2, [0, 0, 0, 0]),
];

const about = {
  data: "tiny",
  epochs: 2,
  trainTriplets: 10,
  seeds: [1, 2],
  command: "deno task compare --data tiny",
};

/** Numbers without their intervals. */
function values(measured: Comparison["variants"][number] | Comparison["differences"][number]) {
  return [measured.error.value, ...measured.notions.map(({ error }) => error.value)];
}

Deno.test("comparisonOf() averages over seeds, takes differences on the same triplets and counts ties as wrong", () => {
  const comparison = comparisonOf(results, triplets, about);
  const [standard, fixed] = comparison.variants;
  assert.deepEqual([standard.variant, fixed.variant], ["standard", "fixed"]);
  assert.deepEqual(values(standard), [(1 + 0 + 1 + 0.5) / 4, 0.5, 0.75]);
  assert.deepEqual(values(fixed), [0.125, 0, 0.25]);
  assert.deepEqual(standard.seeds.map(({ error, notions }) => [error, ...notions]), [
    [0.75, 0.5, 1],
    [0.5, 0.5, 0.5],
  ]);
  assert.deepEqual([standard.ties, fixed.ties], [1, 0]);
  assert.deepEqual(standard.seeds[1], {
    seed: 2,
    error: 0.5,
    notions: [0.5, 0.5],
    ties: 0,
    trainTriplets: 20,
    embeddedImages: 120,
    seconds: 60,
    epoch: 2,
  });
  const [difference] = comparison.differences;
  assert.deepEqual([difference.a, difference.b], ["standard", "fixed"]);
  assert.deepEqual(values(difference), [0.5, 0.5, 0.5]);
  assert.equal(comparison.differences.length, 1);
  assert.deepEqual([comparison.testTriplets, comparison.testImages], [4, 11]);
  assert.deepEqual(comparison.units, { kind: "images", count: 11 });
  for (const { error } of [standard, fixed, difference]) {
    assert.ok(error.low < error.value && error.value < error.high);
    assert.ok(error.images! > 0 && error.runs! >= 0);
  }
});

Deno.test("comparisonCsv() has a row for each mean, seed and difference, of all and each notion", () => {
  const rows = comparisonCsv(comparisonOf(results, triplets, about)).trimEnd().split("\n")
    .map((line) => line.split(","));
  const header = rows.shift()!;
  assert.equal(rows.length, 3 * 3 * 3);
  for (const row of rows) assert.equal(row.length, header.length);
  const find = (...lead: string[]) => {
    const row = rows.find((row) => row.slice(0, 4).join() === lead.join())!;
    return Object.fromEntries(header.map((name, column) => [name, row[column]]));
  };
  assert.equal(find("standard", "", "mean", "shape").error, "0.75");
  assert.equal(find("standard", "", "mean", "all").ties, "1");
  assert.equal(find("standard", "fixed", "mean", "all").error, "0.5");
  const difference = find("standard", "fixed", "mean", "all");
  assert.ok(Number(difference.all_low) <= Number(difference.low));
  assert.ok(Number(difference.images_error) > 0);
  assert.deepEqual(find("fixed", "", "1", "all"), {
    variant: "fixed",
    minus: "",
    seed: "1",
    notion: "all",
    error: "0.25",
    low: "",
    high: "",
    ties: "0",
    train_triplets: "20",
    embedded_images: "120",
    seconds: "30",
    epoch: "1",
    images_error: "",
    runs_error: "",
    all_low: "",
    all_high: "",
    seeds_to_show: "",
  });
  assert.equal(find("standard", "fixed", "1", "all").error, "0.5");
  assert.equal(find("standard", "fixed", "2", "colour").error, "0.5");
  assert.equal(find("fixed", "", "1", "shape").error, "0.5");
});

Deno.test("comparisonText() shows errors with intervals and seeds, differences and costs", () => {
  const text = comparisonText(comparisonOf(results, triplets, about));
  assert.match(
    text,
    /standard +all +62\.50 % +\d+\.\d\d % to \d+\.\d\d % +\d+\.\d\d +\d+\.\d\d +50\.00 % to 75\.00 %/,
  );
  assert.match(text, /^ +shape +75\.00 % .* 50\.00 % to 100\.00 %$/m);
  assert.match(text, /standard - fixed +all +\+50\.00 +[+-]\d+\.\d\d to \+\d+\.\d\d +-\d/);
  assert.match(text, /^standard +1 +20 +240 +1 min 30 s$/m);
  assert.match(text, /4 test triplets of 11 images/);
  const alone = results.filter(({ cell }) => cell.variant === "fixed");
  assert.ok(!comparisonText(comparisonOf(alone, triplets, about)).includes("Differences"));
});

/** Fixed and learned masks whose differences scatter from seed to seed: 1/4, 1/2 and 0 of the triplets. */
const scattering = [
  result("fixed", 1, [1, 0, 0, 0]),
  result("learned", 1, [1, 1, 0, 0]),
  result("fixed", 2, [0, 0, 0, 0]),
  result("learned", 2, [1, 0, 1, 0]),
  result("fixed", 3, [0, 0, 0, 1]),
  result("learned", 3, [1, 0, 0, 0]),
];

Deno.test("comparisonOf() keeps each seed's difference; of one seed it knows nothing of other runs", () => {
  const seeds = [1, 2, 3];
  const [difference] = comparisonOf(scattering, triplets, { ...about, seeds }).differences;
  assert.equal(difference.isPaired, true);
  assert.deepEqual(difference.seeds, [
    { seed: 1, error: -0.25, notions: [-0.5, 0] },
    { seed: 2, error: -0.5, notions: [-0.5, -0.5] },
    { seed: 3, error: 0, notions: [-0.5, 0.5] },
  ]);
  // sd of -0.25, -0.5, 0 is 0.25; t of two degrees of freedom is 4.3027: never less than that.
  const half = 4.302653 * 0.25 / Math.sqrt(3);
  assert.ok(difference.error.high - difference.error.value >= half - 1e-6);
  const { low, high } = difference.error.simultaneous!;
  assert.ok(low <= difference.error.low && difference.error.high <= high);
  const alone = scattering.filter(({ cell }) => cell.seed === 1);
  const [one] = comparisonOf(alone, triplets, { ...about, seeds: [1] }).differences;
  assert.deepEqual([one.error.runs, one.error.seedsToShow, one.seeds.length], [null, null, 1]);
});

Deno.test("comparisonOf() does not pair runs of specialists, which learn from batches of their own", () => {
  const runs = scattering.map((each) => ({
    ...each,
    cell: {
      ...each.cell,
      variant: each.cell.variant === "learned" ? "specialists" : each.cell.variant,
    } as CellResult["cell"],
  }));
  const [difference] = comparisonOf(runs, triplets, { ...about, seeds: [1, 2, 3] }).differences;
  assert.equal(difference.isPaired, false);
  assert.equal(difference.error.value, -0.25);
});

Deno.test("comparisonOf() takes groups of images as units where there are groups", () => {
  const groups = [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4];
  const made = comparisonOf(results, { ...triplets, groups }, about);
  assert.deepEqual(made.units, { kind: "groups", count: 6 });
  assert.match(comparisonText(made), /other groups of images \(there are 6\)/);
  assert.match(
    comparisonText(made),
    /Mind that the test triplets hold 6 groups: with fewer than 15/,
  );
});

Deno.test("comparisonText() calls no variant ahead that chance could put there, and none of one seed", () => {
  const comparison = comparisonOf(scattering, triplets, { ...about, seeds: [1, 2, 3] });
  const text = comparisonText(comparison);
  assert.match(text, /^fixed - learned +all +-25\.00 .* not shown/m);
  assert.match(text, /one of 3 that hold all at once/);
  const alone = scattering.filter(({ cell }) => cell.seed === 1);
  const one = comparisonText(comparisonOf(alone, triplets, { ...about, seeds: [1] }));
  assert.match(one, /fixed - learned +all .* one seed$/m);
  assert.match(one, /these very networks on other test images: one seed says nothing of other/);
});

Deno.test("aheadOf() names who errs less by the interval that holds all at once, and nobody else", () => {
  const of = (low: number, high: number, runs: number | null = 0.1) =>
    aheadOf({
      ...{ a: "one", b: "two" },
      error: {
        ...{ value: 0.1, low: 0.05, high: 0.15, images: 0.1, runs },
        ...{ simultaneous: { low, high }, seedsToShow: 3 },
      },
    });
  assert.equal(of(0.01, 0.2), "two");
  assert.equal(of(-0.2, -0.01), "one");
  assert.equal(of(-0.01, 0.2), null);
  assert.equal(of(0.01, 0.2, null), null);
});

Deno.test("seedsToShow() is the fewest seeds whose interval and power fit in the difference", () => {
  const parts = { images: 1e-6, runs: 4e-6, imagesT: 1.96, runsT: studentT(2) };
  const needs = (count: number) => {
    const runs = 4e-6 * 3 / count;
    const variance = 1e-6 + runs;
    const half = (1e-6 * 1.96 + runs * studentT(count - 1)) / Math.sqrt(variance);
    return half + 0.841621 * Math.sqrt(variance);
  };
  for (const size of [0.004, 0.006, 0.02]) {
    const count = seedsToShow(size, 3, parts)!;
    assert.ok(needs(count) <= size);
    assert.ok(count === 2 || needs(count - 1) > size);
  }
  // Other images alone hide it.
  assert.equal(seedsToShow(0.002, 3, parts), null);
});

Deno.test("comparisonText() and comparisonCsv() tell a notion called all from all notions", () => {
  const clash = comparisonOf(results, { ...triplets, notions: ["All", "all"] }, about);
  const text = comparisonText(clash);
  assert.match(text, /^standard +all notions +62\.50 % .* 50\.00 % to 75\.00 %$/m);
  assert.match(text, /^ +all +75\.00 % .* 50\.00 % to 100\.00 %$/m);
  const names = comparisonCsv(clash).split("\n").slice(1, 4).map((line) => line.split(",")[3]);
  assert.deepEqual(names, ["all notions", "All", "all"]);
});

Deno.test("sweepPoints() orders points by variant and size and averages over seeds", () => {
  const points = sweepPoints([
    result("learned", 1, [1, 1, 0, 0], 5),
    result("fixed", 1, [1, 1, 1, 0], 5),
    result("learned", 2, [1, 0, 0, 0], 5),
    result("fixed", 2, [1, 1, 1, 0], 5),
    result("learned", 1, [0, 0, 0, 0], 20),
    result("fixed", 1, [0, 0, 0, 0], 20),
    result("learned", 2, [0, 0, 1, 0], 20),
    result("fixed", 2, [0, 0, 0, 2], 20),
  ], new TripletParts(triplets));
  assert.deepEqual(points.map(({ variant, triplets, error }) => [variant, triplets, error.value]), [
    ["fixed", 5, 0.75],
    ["fixed", 20, 0.125],
    ["learned", 5, 0.375],
    ["learned", 20, 0.125],
  ]);
  assert.deepEqual(points[2].seeds, [{ seed: 1, error: 0.5 }, { seed: 2, error: 0.25 }]);

  const { low, high, images, runs } = points[0].error;
  assert.ok(low < 0.75 && high > 0.75);
  const units = { kind: "images", count: 11 } as const;
  const sweep: Sweep = { ...about, format: 2, notions: triplets.notions, units, points };
  assert.deepEqual(sweepCsv(sweep).split("\n").slice(0, 4), [
    "variant,triplets,seed,error,low,high,images_error,runs_error",
    `fixed,5,mean,0.75,${low},${high},${images},${runs}`,
    "fixed,5,1,0.75,,,,",
    "fixed,5,2,0.75,,,,",
  ]);
  assert.match(sweepText(sweep), /^learned +5 +37\.50 % .* 25\.00 % to 50\.00 %$/m);
  assert.match(sweepText(sweep), /^ +20 +12\.50 % .* 0\.00 % to 25\.00 %$/m);
});

Deno.test("ladder() doubles up to the whole list", () => {
  assert.deepEqual(ladder(20_000), [1250, 2500, 5000, 10_000, 20_000]);
  assert.deepEqual(ladder(200_000), [12_500, 25_000, 50_000, 100_000, 200_000]);
  assert.deepEqual(ladder(3), [1, 2, 3]);
});

Deno.test("comparisonOf() keeps a variant's interval within 0 and 1, and above 0 where none was wrong", () => {
  const perfect = [
    result("standard", 1, [0, 0, 0, 0]),
    result("fixed", 1, [1, 1, 1, 0]),
  ];
  const { variants: [standard, fixed], differences: [difference] } = comparisonOf(
    perfect,
    triplets,
    { ...about, seeds: [1] },
  );
  // Four triplets that depend on each other say less than four that do not.
  assert.equal(standard.error.low, 0);
  assert.ok(standard.error.high > 1 - 0.025 ** (1 / 4) && standard.error.high < 1);
  assert.ok(fixed.error.low > 0 && fixed.error.high < 1 && fixed.error.high > 0.9);
  // A difference may lie below 0.
  assert.ok(difference.error.low < -0.75, `${difference.error.low}`);
});
