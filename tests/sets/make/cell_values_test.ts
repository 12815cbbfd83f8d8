/** What cells of a table mean: the lists, attributes.csv and the values read back say the same. */
import assert from "node:assert/strict";
import { openImageSet, splits } from "../../../src/sets/image_set.ts";
import { makeTriplets, type MakeTripletsOptions } from "../../../src/sets/make/make_triplets.ts";
import { likeness } from "../../../src/sets/make/notions/likeness.ts";
import type { SetReport, SetSummary } from "../../../src/sets/make/set_report.ts";
import { readSetValues, type SetValues } from "../../../src/sets/set_values.ts";
import { UsageError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import { readTriplets, writeEmptyImages } from "../../helpers/table_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const count = 150;

interface Made {
  readonly set: string;
  readonly report: SetReport;
  readonly values: SetValues;
  /** The rule in set.json by column. */
  readonly rules: Record<string, Record<string, unknown>>;
}

/** Makes a set of rows of JSON Lines, and holds its lists against the values that are read back. */
async function made(
  rows: (image: number) => Record<string, unknown>,
  options: Partial<MakeTripletsOptions>,
  use: (made: Made) => void | Promise<void> = () => {},
): Promise<void> {
  const lines = Array.from(
    { length: count },
    (_, i) => JSON.stringify({ image: `${i}.jpg`, ...rows(i) }) + "\n",
  );
  await madeOf("table.jsonl", lines.join(""), options, use);
}

/** The same of one column of CSV; cells are written as they are. */
async function madeOfCells(
  column: string,
  cell: (image: number) => string,
  options: Partial<MakeTripletsOptions> = {},
  use: (made: Made) => void | Promise<void> = () => {},
): Promise<void> {
  const lines = Array.from({ length: count }, (_, i) => `${i}.jpg,${cell(i)}\n`);
  const text = `image,${column}\n${lines.join("")}`;
  await madeOf("table.csv", text, { notions: [column], ...options }, use);
}

async function madeOf(
  name: string,
  text: string,
  options: Partial<MakeTripletsOptions>,
  use: (made: Made) => void | Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "images"), count);
  await Deno.writeTextFile(join(folder.path, name), text);
  const set = join(folder.path, "set");
  const report = await makeTriplets(set, {
    images: join(folder.path, "images"),
    attributes: join(folder.path, name),
    triplets: { train: 200, val: 30, test: 60 },
    shares: { train: 50, val: 25, test: 25 },
    ...options,
  });
  const values = (await readSetValues(await openImageSet(set)))!;
  for (const { name } of report.notions) await assertSame(set, name, values);
  const { made } = JSON.parse(await Deno.readTextFile(join(set, "set.json")));
  await use({ set, report, values, rules: made.rules });
}

/** Every triplet's images are alike and unlike by the values that are read back. */
async function assertSame(set: string, notion: string, { attributes }: SetValues): Promise<void> {
  for (const split of splits) {
    for (const [anchor, far, near] of await readTriplets(set, notion, split, count)) {
      assert.equal(likeness(attributes.get(notion)!, anchor, near), "alike");
      assert.equal(likeness(attributes.get(notion)!, anchor, far), "unlike");
    }
  }
}

function valuesOf({ report }: Made): Record<string, number> {
  return Object.fromEntries(report.notions[0].values.map(({ value, images }) => [value, images]));
}

for (
  const spelling of [
    "NaN",
    "nan",
    "None",
    "null",
    "NA",
    "N/A",
    "n/a",
    "NULL",
    "-",
    "?",
    "\\N",
    "#DIV/0!",
    "-nan",
  ]
) {
  Deno.test(`makeTriplets() takes ${spelling} as not known, as an empty cell`, async () => {
    const cell = (i: number) => i % 3 === 0 ? spelling : i === 1 ? "" : String(i % 5 + 1);
    await madeOfCells("stars", cell, {}, (made) => {
      const [stars] = made.report.notions;
      assert.equal(stars.rule.type, "ordinal");
      assert.equal(stars.known, 99);
      assert.deepEqual(stars.unknown, [{ value: spelling, images: 50 }, { value: "", images: 1 }]);
    });
  });
}

Deno.test("makeTriplets() takes what a rule says as not known, and that alone", async () => {
  const cell = (i: number) => ["-1.0", "unknown", "NA", "2", "3", "4"][i % 6];
  const missing = ["-1", "unknown"];
  await madeOfCells("kind", cell, { rules: { kind: { missing } } }, (made) => {
    assert.deepEqual(valuesOf(made), { 2: 25, 3: 25, 4: 25, NA: 25 });
    assert.deepEqual(made.rules.kind.missing, missing);
  });
  const zero = (i: number) => ["0", "0.0", "5", "7", "9"][i % 5];
  await madeOfCells("n", zero, { rules: { n: { missing: [0] } } }, (made) => {
    assert.deepEqual(valuesOf(made), { 5: 30, 7: 30, 9: 30 });
  });
});

Deno.test("makeTriplets() keeps a value that an order names, however it is spelt", async () => {
  const order = ["None", "some", "all"];
  await madeOfCells(
    "much",
    (i) => [...order, "NA"][i % 4],
    { rules: { much: { order } } },
    (made) => {
      assert.equal(valuesOf(made).None, 38);
      assert.deepEqual(made.report.notions[0].unknown, [{ value: "NA", images: 37 }]);
    },
  );
});

Deno.test("makeTriplets() says how to keep a value that counts as not known, where too few are left", async () => {
  const cell = (i: number) => ["None", "long"][i % 2];
  await assert.rejects(
    madeOfCells("sleeve", cell),
    /the one value "long"; .* `rules: \{"sleeve": \{"missing": \[\]\}\}` if "None" 75, which/,
  );
  await madeOfCells("sleeve", cell, { rules: { sleeve: { missing: [] } } }, (made) => {
    assert.deepEqual(valuesOf(made), { None: 75, long: 75 });
  });
});

Deno.test("makeTriplets() says when a value is in the order but for its spelling", async () => {
  const rules = { much: { order: ["caf\u00e9", "some"] } };
  await assert.rejects(
    madeOfCells("much", (i) => i === 3 ? "cafe\u0301" : "some", { rules }),
    /table\.csv:5, .* is not in the order caf\u00e9, some \(caf\u00e9 is spelt otherwise: case, blanks/,
  );
});

Deno.test("makeTriplets() leaves out rows whose group is not known", async () => {
  const row = (i: number) => ({ a: "xyz"[i % 3], shoe: i % 10 === 0 ? "nan" : `s${i % 30}` });
  await made(row, { notions: ["a"], groupColumn: "shoe" }, ({ report }) => {
    assert.equal(report.images, 135);
    const [dropped] = report.dropped;
    assert.deepEqual([dropped.reason, dropped.rows], ['column "shoe" says "nan"', 15]);
  });
});

Deno.test("makeTriplets() refuses to guess what a few texts among numbers are, unless it may", async () => {
  const cell = (i: number) => i === 7 ? "abc" : String(i % 5 + 1);
  await assert.rejects(madeOfCells("stars", cell), /149 of 150 values are numbers, 1 is "abc"/);
  await madeOfCells("stars", cell, { acceptGuesses: true }, ({ report }) => {
    assert.equal(report.notions[0].rule.type, "categorical");
    assert.match(report.warnings[0], /149 of 150 values are numbers/);
  });
  const rules = { stars: { missing: ["abc"] } };
  await madeOfCells("stars", cell, { rules }, ({ report }) => {
    assert.equal(report.notions[0].rule.type, "ordinal");
  });
  await assert.rejects(
    madeOfCells("stars", cell, { rules: { stars: { alike: 0, unlike: 2 } } }),
    /table\.csv:9, column "stars": "abc" is no number/,
  );
});

Deno.test("makeTriplets() keeps the borders of list values that hold a separator", async () => {
  const tags = [["AT&T; Inc", "x"], ["Tops; Tees"], ["Shirts; Tees"], ["y"], ["x|y", "y"]];
  await made((i) => ({ tags: tags[i % 5] }), { notions: ["tags"] }, ({ values, rules, set }) => {
    assert.equal(rules.tags.separator, ",");
    assert.deepEqual(values.attributes.get("tags")!.values.slice(0, 5), tags);
    assert.match(Deno.readTextFileSync(join(set, "attributes.csv")), /^0\.jpg,"AT&T; Inc,x",/m);
  });
});

Deno.test("makeTriplets() refuses list values that hold every separator", async () => {
  const wild = ";|,/\t\u001f";
  await assert.rejects(
    made((i) => ({ tags: [wild, "abc"[i % 3]] }), { notions: ["tags"] }),
    /Cannot keep the lists of column "tags": their values hold every separator/,
  );
});

Deno.test("makeTriplets() takes a text beside lists as one value, and asks where it holds a separator", async () => {
  const rows = (i: number) => ({ tags: i % 3 === 0 ? ["a", "b"] : i % 3 === 1 ? "b;c" : "c" });
  await assert.rejects(made(rows, { notions: ["tags"] }), /50 are texts such as "b;c"/);
  await made(rows, { rules: { tags: { type: "multi", separator: ";" } } }, (made) => {
    assert.deepEqual(valuesOf(made), { a: 50, b: 100, c: 100 });
  });
});

Deno.test("makeTriplets() makes no list of HTML entities, and parts lists that hold some", async () => {
  const cats = ["Tops &amp; Tees", "Shirts &amp; Tees", "Hats", "Caps"];
  await madeOfCells("cat", (i) => cats[i % 4], {}, (made) => {
    assert.equal(made.report.notions[0].rule.type, "categorical");
    assert.deepEqual(Object.keys(valuesOf(made)).sort(), cats.toSorted());
  });
  const lists = ["Tops &amp; Tees;Hats", "Hats;Caps", "Tops &amp; Tees;Caps", "Socks"];
  await madeOfCells("cat", (i) => lists[i % 4], {}, async (first) => {
    assert.deepEqual(valuesOf(first), {
      Caps: 75,
      Hats: 76,
      Socks: 37,
      "Tops &amp; Tees": 75,
    });
    assert.deepEqual([first.rules.cat.separator, first.rules.cat.tableSeparator], ["|", ";"]);
    // The rules that are stored make the same set again.
    const { cat } = first.rules;
    await madeOfCells("cat", (i) => lists[i % 4], { rules: { cat } }, async (again) => {
      const text = (set: string) => Deno.readTextFile(join(set, "attributes.csv"));
      assert.equal(await text(again.set), await text(first.set));
      assert.deepEqual(again.rules, first.rules);
    });
  });
});

for (
  const [what, print] of [
    ["Python", (a: string, b: string) => `"['${a}', '${b}']"`],
    ["JSON", (a: string, b: string) => `"[""${a}"",""${b}""]"`],
    ["NumPy", (a: string, b: string) => `['${a}' '${b}']`],
    ["a Python set", (a: string, b: string) => `"{'${a}', '${b}'}"`],
    ["PostgreSQL", (a: string, b: string) => `"{${a},${b}}"`],
  ] as const
) {
  Deno.test(`makeTriplets() reads lists as ${what} prints them`, async () => {
    const cell = (i: number) => print(["round", "long"][i % 2], ["red", "blue", "tan"][i % 3]);
    await madeOfCells("tags", cell, {}, (made) => {
      assert.equal(made.report.notions[0].rule.type, "multi");
      assert.deepEqual(valuesOf(made), { long: 75, round: 75, blue: 50, red: 50, tan: 50 });
    });
  });
}

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

Deno.test("makeTriplets() warns of values that may say that nothing is known, and says how to mend it", async () => {
  const cell = (i: number) => ["unknown", "red", "green", "None", "n.a."][i % 5];
  await madeOfCells("c", cell, {}, ({ report }) => {
    assert.equal(
      report.warnings[0],
      'column "c": "n.a." (30), "unknown" (30) count as values, by which images are alike; ' +
        'say `rules: {"c": {"missing": ["n.a.","unknown","None"]}}` if nothing is known of them',
    );
  });
  const age = (i: number) => i % 10 === 0 ? "-1" : String(i % 40 / 2);
  await madeOfCells("age", age, {}, ({ report }) => {
    assert.match(report.warnings[0], /"-1" \(15\) counts as a value.*"missing": \["-1"\]/);
  });
  // Said already, or one of several numbers below 0.
  const rules = { c: { missing: ["?"] } };
  await madeOfCells("c", cell, { rules }, ({ report }) => assert.deepEqual(report.warnings, []));
  await madeOfCells("t", (i) => String(i % 9 - 4), {}, ({ report }) => {
    assert.doesNotMatch(report.warnings.join(), /count/);
  });
});

Deno.test("makeTriplets() keeps other missing spellings in the rule that it advises", async () => {
  const cell = (i: number) => i === 4 ? "broken" : i % 5 === 0 ? "NaN" : String(i % 30);
  await assert.rejects(
    madeOfCells("n", cell),
    /119 of 120 values are numbers, 1 is "broken".*"missing": \["broken","NaN"\]/,
  );
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
