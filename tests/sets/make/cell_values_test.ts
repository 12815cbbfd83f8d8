/** What cells of a table mean: the lists, attributes.csv and the values read back say the same. */
import assert from "node:assert/strict";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { likeness } from "../../../src/sets/make/notions/likeness.ts";
import type { SetSummary } from "../../../src/sets/make/set_report.ts";
import { readSetValues } from "../../../src/sets/set_values.ts";
import { UsageError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import { readTriplets } from "../../helpers/table_set.ts";
import { count, made, madeOf, madeOfCells, valuesOf } from "../../helpers/made_table.ts";

Deno.test("makeTriplets() keeps big ids apart, in CSV and in JSON Lines", async () => {
  const ids = ["7045120923001450001", "7045120923001450002", "7045120923001450003", "20"];
  await madeOfCells("shop_id", (i) => ids[i % 4], {}, (made) => {
    assert.equal(made.report.notions[0].rule.type, "categorical");
    assert.deepEqual(Object.keys(valuesOf(made)).sort(), ids.toSorted());
  });
  const lines = Array.from(
    { length: count },
    (_, i) => `{"image":"${i}.jpg","shop_id":${ids[i % 4]},"list":[${ids[i % 4]}]}\n`,
  );
  await madeOf("table.jsonl", lines.join(""), { notions: ["shop_id", "list"] }, (made) => {
    assert.deepEqual(Object.keys(valuesOf(made)).sort(), ids.toSorted());
    assert.deepEqual(
      made.report.notions[1].values.map(({ value }) => value).sort(),
      ids.toSorted(),
    );
  });
  await assert.rejects(
    madeOfCells("shop_id", (i) => ids[i % 4], { rules: { shop_id: { type: "numeric" } } }),
    /column "shop_id": 7045120923001450001 has more digits than a number keeps/,
  );
});

Deno.test("makeTriplets() reports values that differ only by spelling, and does not merge them", async () => {
  const spelt = ["red", "Red", "blue green", "blue  green", "caf\u00e9", "cafe\u0301"];
  await madeOfCells("c", (i) => spelt[i % 6], {}, (made) => {
    assert.equal(Object.keys(valuesOf(made)).length, 6);
    const [warning] = made.report.warnings;
    assert.match(warning, /6 values differ only by spelling, but count as different/);
    assert.match(warning, /"Red" 25 and "red" 25 \(case\)/);
    assert.match(warning, /\(blanks\)/);
    assert.match(warning, /"cafe\\u0301" 25 and "caf\u00e9" 25 \(Unicode form\)/);
  });
  const blanks = (i: number) => [`" a"`, "a", "b\u00a0c", "b c"][i % 4];
  await madeOfCells("c", blanks, {}, ({ report, values }) => {
    assert.match(report.warnings[0], /4 values differ only by spelling/);
    assert.deepEqual(values.texts.get("c")!.slice(0, 2), [" a", "a"]);
  });
});

Deno.test("makeTriplets() reports numbers and truth values that are spelt in several ways as categories", async () => {
  const rules = { c: { type: "categorical" } } as const;
  await madeOfCells("c", (i) => ["1", "1.0", "2", "007", "7"][i % 5], { rules }, ({ report }) => {
    assert.match(report.warnings[0], /^column "c": 4 values differ only by spelling/);
    assert.match(report.warnings[0], /"007" 30 and "7" 30 \(number\); "1" 30 and "1\.0" 30/);
  });
  const truths = ["True", "1", "yes", "False", "0"];
  await madeOfCells("c", (i) => truths[i % 5], {}, ({ report }) => {
    assert.match(report.warnings[0], /"1" 30 and "True" 30 and "yes" 30 \(truth value\)/);
  });
  // "no" beside values that are no truth values is a word.
  await madeOfCells("c", (i) => ["no", "0", "red"][i % 3], {}, ({ report }) => {
    assert.deepEqual(report.warnings, []);
  });
});

Deno.test("readPlanned() asks where points may stand between thousands, beside semicolons", async () => {
  const table = (cell: (image: number) => string) =>
    "image;n\n" + Array.from({ length: count }, (_, i) => `${i}.jpg;${cell(i)}\n`).join("");
  const thousands = table((i) => (900 + 10 * (i % 50)).toLocaleString("de"));
  await assert.rejects(
    madeOf("table.csv", thousands, { notions: ["n"] }, () => {}),
    /column "n": the point in its numbers, such as 1\.000, may stand between thousands \(1000\)/,
  );
  const names = { notions: ["n"], rules: { n: { type: "categorical" } } } as const;
  await madeOf("table.csv", thousands, names, ({ report }) => {
    assert.doesNotMatch(report.warnings.join(), /thousands/);
  });
  for (const measured of [(i: number) => String(i % 50 / 8), (i: number) => `0.${100 + i}`]) {
    await madeOf("table.csv", table(measured), { notions: ["n"] }, ({ report }) => {
      assert.doesNotMatch(report.warnings.join(), /thousands/);
    });
  }
});

Deno.test("makeTriplets() reports groups that differ only by spelling", async () => {
  const row = (i: number) => ({ a: "xyz"[i % 3], shoe: i === 0 ? "S1" : `s${i % 30}` });
  await made(row, { notions: ["a"], groupColumn: "shoe" }, ({ report }) => {
    assert.match(
      report.warnings[0],
      /group column "shoe": 2 values differ only by spelling.*"S1" 1/,
    );
  });
});

Deno.test("makeTriplets() reports values that are too rare for val and test", async () => {
  const cell = (i: number) => i < 2 ? "gold" : "abc"[i % 3];
  await madeOfCells("c", cell, {}, ({ report }) => {
    assert.match(
      report.warnings[0],
      /^notion "c": 1 value has too few images in val or test to be alike there: "gold" \(\d in val/,
    );
  });
});

Deno.test("makeTriplets() makes as many bins as ties allow, and stores their borders", async () => {
  const heel = (i: number) => i % 10 < 7 ? "0" : String(1 + (i * 7 % 40) / 8);
  await madeOfCells("heel", heel, {}, ({ report, rules }) => {
    const { bins } = report.notions[0];
    assert.equal(bins!.length, 5);
    assert.deepEqual(bins![0], { from: 0, to: 0, images: 105 });
    assert.ok(bins!.slice(1).every(({ images }) => images >= 6), JSON.stringify(bins));
    assert.deepEqual(rules.heel.borders, bins!.slice(1).map(({ from }) => from));
  });
  const three = (i: number) => ["0", "0", "0", "1", "2"][i % 5];
  const rule = { type: "numeric", quantiles: 5 } as const;
  await madeOfCells("heel", three, { rules: { heel: rule } }, ({ report }) => {
    assert.deepEqual(report.notions[0].bins!.map(({ images }) => images), [90, 30, 30]);
    assert.match(report.warnings[0], /its numbers give 3 bins, not 5/);
  });
});

Deno.test("makeTriplets() says that no two are unlike, where more images would not help", async () => {
  const heel = (i: number) => String(i % 20 / 10);
  await assert.rejects(
    madeOfCells("heel", heel, { rules: { heel: { unlike: 2 } } }),
    /no two of them are unlike: they are from 0 to 1\.9 .* "unlike" is 2; lower it in `rules`/,
  );
});

Deno.test("makeTriplets() and likeness() compare distances as they are written", async () => {
  const cells = ["0.4", "0.7", "0.9", "1.1"];
  const rules = { h: { type: "numeric", alike: 0.2, unlike: 0.3 } } as const;
  await madeOfCells("h", (i) => cells[i % 4], { rules }, async ({ set, values }) => {
    const heights = values.attributes.get("h")!;
    const between = (a: number, b: number) => likeness(heights, a, b);
    assert.deepEqual([between(0, 1), between(1, 2), between(2, 3)], ["unlike", "alike", "alike"]);
    const triplets = await readTriplets(set, "h", "train", count);
    const pairs = new Set(triplets.flatMap(([a, far, near]) => [
      `${cells[a % 4]} far ${cells[far % 4]}`,
      `${cells[a % 4]} near ${cells[near % 4]}`,
    ]));
    assert.ok(pairs.has("0.4 far 0.7") && pairs.has("0.9 near 1.1"));
  });
});

Deno.test("makeTriplets() refuses names that clash, by name", async () => {
  const rename = (first: string, second: string) =>
    made((i) => ({ a: "xyz"[i % 3], b: "uv"[i % 2] }), {
      rules: { a: { name: first }, b: { name: second } },
    });
  const clashes: [string, string, RegExp][] = [
    ["all", "b", /a notion is called "all"/],
    ["All", "b", /a notion is called "All"/],
    ["Heel", "heel", /"Heel" and "heel" differ only in case/],
    ["con.1", "b", /"con\.1", which is a device on Windows/],
  ];
  for (const [first, second, wrong] of clashes) {
    await assert.rejects(rename(first, second), (error: unknown) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, wrong);
      return true;
    });
  }
});

Deno.test("makeTriplets() tells what the set will be before it draws", async () => {
  const events: string[] = [];
  let summary: SetSummary | undefined;
  const options = {
    onSummary: (told: SetSummary) => {
      summary = told;
      events.push("summary");
    },
    listener: {
      warning: () => events.push("warning"),
      progress: ({ what }: { what: string }) => {
        if (what === "Drawing triplets" && events.at(-1) !== what) events.push(what);
      },
    },
  };
  const cell = (i: number) => i === 0 ? "NA" : ["red", "Red", "blue"][i % 3];
  await madeOfCells("c", cell, options, ({ report }) => {
    const { correlations: _, ...rest } = report;
    const notions = rest.notions.map(({ triplets: _, ...notion }) => notion);
    assert.deepEqual({ ...rest, notions }, summary);
  });
  assert.deepEqual(events, ["summary", "Drawing triplets"]);
  assert.equal(summary!.warnings.length, 1);
});

Deno.test("readSetValues() reads sets without stored borders as their lists were drawn", async () => {
  const heel = (i: number) => i % 10 < 7 ? "0" : String(1 + (i * 7 % 40) / 8);
  await madeOfCells("heel", heel, {}, async ({ set }) => {
    const file = join(set, "set.json");
    const description = JSON.parse(await Deno.readTextFile(file));
    delete description.made.rules.heel.borders;
    await Deno.writeTextFile(file, JSON.stringify(description));
    const values = (await readSetValues(await openImageSet(set)))!;
    // Three of four borders were 0: bins 3 and 4 alone.
    const bins = new Set(values.attributes.get("heel")!.values as number[]);
    assert.deepEqual([...bins].sort(), [3, 4]);
  });
});
