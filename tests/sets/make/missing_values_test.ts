/** What cells say that nothing is known. */
import assert from "node:assert/strict";
import { made, madeOfCells, valuesOf } from "../../helpers/made_table.ts";

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
