import assert from "node:assert/strict";
import {
  bytes,
  columnsOf,
  duration,
  percent,
  rate,
  table,
  tableHead,
  tableLine,
} from "../../src/cli/format.ts";

Deno.test("table() aligns texts left and numbers right", () => {
  const rows = [["class", "40000", "93.12 % ± 0.13 %"], ["heel", "7", "100.00 % ± 0.00 %"]];
  assert.equal(
    table(["notion", "triplets", "accuracy"], rows),
    [
      "notion  triplets           accuracy",
      "------  --------  -----------------",
      "class      40000   93.12 % ± 0.13 %",
      "heel           7  100.00 % ± 0.00 %",
    ].join("\n"),
  );
});

Deno.test("columnsOf() makes a table that is printed row by row as wide as its widest row", () => {
  const rows = [["class", "1.00"], ["heel of a shoe", "-"]];
  const columns = columnsOf(["notion", "n"], rows);
  const lines = [
    tableHead(["notion", "n"], columns),
    ...rows.map((row) => tableLine(row, columns)),
  ];
  assert.equal(lines.join("\n"), table(["notion", "n"], rows));
  // A cell that is wider than expected stands out, and is whole.
  assert.equal(tableLine(["class", "12345.00"], columns), "class           12345.00");
});

Deno.test("table() takes names that begin with digits for texts", () => {
  assert.equal(
    table(["", "image"], [["1", "100.jpg"], ["10", "2.jpg"]]),
    [
      "    image",
      "--  -------",
      " 1  100.jpg",
      "10  2.jpg",
    ].join("\n"),
  );
});

Deno.test("table() leaves no blanks at the ends of lines", () => {
  const text = table(["name", "note"], [["ä", ""], ["𝒜bc", "long enough"]]);
  assert.equal(text, ["name  note", "----  -----------", "ä", "𝒜bc   long enough"].join("\n"));
  assert.equal(table(["a", "b"], []), "a  b\n-  -");
});

Deno.test("percent() has two digits", () => {
  assert.equal(percent(0.93123), "93.12 %");
  assert.equal(percent(1), "100.00 %");
  assert.equal(percent(0), "0.00 %");
  assert.equal(percent(NaN), "-");
});

Deno.test("bytes() takes the unit that fits", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [1536, "1.54 kB"],
    [99_949, "99.9 kB"],
    [99_951, "100 kB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [428_000_000, "428 MB"],
    [1_030_000_000, "1.03 GB"],
    [5e15, "5000 TB"],
  ];
  for (const [count, text] of cases) assert.equal(bytes(count), text);
});

Deno.test("duration() says the two largest units", () => {
  const cases: [number, string][] = [
    [0, "0.0 s"],
    [0.94, "0.9 s"],
    [0.96, "1 s"],
    [45.4, "45 s"],
    [59.4, "59 s"],
    [59.6, "1 min"],
    [200, "3 min 20 s"],
    [3599.4, "59 min 59 s"],
    [3599.6, "1 h"],
    [7800, "2 h 10 min"],
    [86_369, "23 h 59 min"],
    [86_371, "1 d"],
    [100_800, "1 d 4 h"],
    [Infinity, "-"],
    [NaN, "-"],
  ];
  for (const [seconds, text] of cases) assert.equal(duration(seconds), text);
});

Deno.test("rate() says what a second brings", () => {
  assert.equal(rate(512.4, "triplets"), "512 triplets/s");
  assert.equal(rate(9.994, "images"), "9.99 images/s");
  assert.equal(rate(9.996, "images"), "10.0 images/s");
  assert.equal(rate(0.25, "images"), "0.25 images/s");
  assert.equal(rate(4_250_000, "bytes"), "4.25 MB/s");
  assert.equal(rate(Infinity, "images"), "-");
});
