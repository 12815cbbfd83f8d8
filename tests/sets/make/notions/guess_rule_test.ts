import assert from "node:assert/strict";
import { Remarks } from "../../../../src/sets/make/remarks.ts";
import { guessRule } from "../../../../src/sets/make/notions/guess_rule.ts";

Deno.test("guessRule() guesses types by what cells hold", () => {
  const guess = (cells: (string | string[])[]) => guessRule("c", cells).rule;
  assert.deepEqual(guess(["red", "blue", ""]), { type: "categorical" });
  assert.deepEqual(guess(["red", "blue;red", "blue", ""]), { type: "multi", separator: ";" });
  assert.deepEqual(guess(["red", "blue|red", "blue"]), { type: "multi", separator: "|" });
  assert.deepEqual(guess([["red"], ["blue", "green"]]), { type: "multi", separator: ";" });
  assert.deepEqual(guess(["0", "1", "1", ""]), { type: "categorical" });
  assert.deepEqual(guess(["10", "9", "", "2.0", "2", "30"]), {
    type: "ordinal",
    order: ["2", "9", "10", "30"],
    alike: 0,
    unlike: 2,
  });
  assert.deepEqual(guess(["1", "2", "3"]), {
    type: "ordinal",
    order: ["1", "2", "3"],
    alike: 0,
    unlike: 1,
  });
  assert.deepEqual(guess(Array.from({ length: 20 }, (_, i) => String(i / 3))), {
    type: "numeric",
    quantiles: 5,
    borders: [4, 8, 12, 16].map((third) => third / 3),
    alike: 0,
    unlike: 2,
  });
});

Deno.test("guessRule() keeps what is given, guesses the rest, and says which", () => {
  const cells = ["1", "2", "3", "4"];
  assert.deepEqual(guessRule("heel height", cells, { unlike: 1.5 }), {
    name: "heel_height",
    column: "heel height",
    rule: { type: "numeric", alike: 0, unlike: 1.5 },
    guessed: ["type", "alike"],
  });
  assert.deepEqual(guessRule("c", cells, { type: "categorical", name: "heel" }), {
    name: "heel",
    column: "c",
    rule: { type: "categorical" },
    guessed: [],
  });
  assert.deepEqual(
    guessRule("c", ["low", "flat"], { order: ["flat", "low"], alike: 0, unlike: 1 }),
    {
      name: "c",
      column: "c",
      rule: { type: "ordinal", order: ["flat", "low"], alike: 0, unlike: 1 },
      guessed: ["type"],
    },
  );
});

Deno.test("guessRule() takes the separator that cells hold where the type is said", () => {
  const cells = ["red|tan", "blue"];
  assert.deepEqual(guessRule("c", cells, { type: "multi" }).rule, {
    type: "multi",
    separator: "|",
  });
});

Deno.test("guessRule() does not guess an order of texts, nor a distance in the column's unit", () => {
  assert.throws(
    () => guessRule("heel", ["low", "2"], { type: "ordinal" }),
    /order of column "heel": "low" is no number; name the values from the lowest/,
  );
  assert.throws(() => guessRule("heel", ["1", "2"], { type: "numeric", alike: 1 }), /not "unlike"/);
});

/** What is remarked on when a rule is guessed. */
function remarksOn(column: string, cells: (string | string[])[]) {
  const remarks = new Remarks();
  const { rule } = guessRule(column, cells, {}, remarks);
  return { type: rule.type, said: remarks.warnings.join("\n"), remarks };
}

const isDoubt = (remarks: Remarks) =>
  assert.throws(
    () => remarks.settle("Cannot", false),
    /pass `acceptGuesses: true` to take it as guessed/,
  );

Deno.test("guessRule() takes codes as names: numbers would not give them back", () => {
  for (const code of ["007", "1e3", "0x10", "+5", "7045120923001450001", "00.5"]) {
    const { type, said } = remarksOn("c", ["1", "2", "3", "4", code]);
    assert.equal(type, "categorical", code);
    assert.match(said, /its values are taken as names, not as numbers/);
    assert.ok(said.includes(JSON.stringify(code)), said);
  }
  for (const number of ["1.0", "2.50", "-3", ".5", "1e-05", "9007199254740992"]) {
    assert.equal(guessRule("c", ["1", "2", "7", number]).rule.type, "ordinal", number);
  }
});

Deno.test("guessRule() doubts a column of numbers but for a few cells, and names them", () => {
  const cells = [...Array.from({ length: 149 }, (_, i) => String(i % 20)), "abc"];
  const { type, said, remarks } = remarksOn("stars", cells);
  assert.equal(type, "categorical");
  assert.match(
    said,
    /column "stars": 149 of 150 values are numbers, 1 is "abc".*"missing": \["abc"\].*\{"stars":\{"type":"categorical"\}\}` if it is/,
  );
  isDoubt(remarks);
  // Sizes are names, some of them numbers.
  assert.equal(remarksOn("size", ["8", "9", "10", "S", "M", "L"]).said, "");
});

const written: readonly (readonly [what: string, cell: (number: number) => string])[] = [
  ["percentages", (number) => `${number} %`],
  ["prices", (number) => `$${(1000 + number).toLocaleString("en")}.50`],
  ["lengths", (number) => `${number / 2} cm`],
  ["thousands", (number) => (990 + number).toLocaleString("en")],
  ["decimal commas", (number) => `${number},5`],
];

for (const [what, cell] of written) {
  Deno.test(`guessRule() doubts that ${what} are categories`, () => {
    const { said, remarks } = remarksOn("c", Array.from({ length: 90 }, (_, i) => cell(i % 30)));
    assert.match(said, /column "c": 90 of 90 values such as ".*" look like numbers .* any two of/);
    isDoubt(remarks);
  });
}

Deno.test("guessRule() only warns of a few numbers with units, and not of codes", () => {
  const cells = Array.from({ length: 90 }, (_, i) => `${i % 4} l`);
  const { type, said, remarks } = remarksOn("tank", cells);
  assert.equal(type, "categorical");
  assert.match(said, /look like numbers/);
  remarks.settle("Cannot", false);
  for (const code of ["B12", "3-door", "1990s", "12AB"]) {
    const many = Array.from({ length: 90 }, (_, i) => `${i % 30}${code}`);
    assert.doesNotMatch(remarksOn("c", many).said, /look like numbers/, code);
  }
  // A few among numbers are asked for as any other text.
  const slips = [...Array.from({ length: 60 }, (_, i) => String(i % 6)), "4 cm"];
  isDoubt(remarksOn("c", slips).remarks);
});

Deno.test("guessRule() warns of whole numbers that may be those of classes, and shows the rule", () => {
  const counted = Array.from({ length: 150 }, (_, i) => String(i % 15));
  assert.match(
    remarksOn("n", counted).said,
    /column "n": its whole numbers 0 to 14, 10 images each, may be .* taken as 5 bins; say `rules: \{"n":\{"type":"categorical"\}\}`/,
  );
  assert.match(
    remarksOn("stars", ["1", "2", "3", "4", "5"].flatMap((n) => Array(6).fill(n))).said,
    /taken as steps of an order; say `rules: \{"stars":\{"type":"categorical"\}\}` if they are, `rules: \{"stars":\{"type":"ordinal"\}\}`/,
  );
  const sparse = ["3", "8", "80", "4"];
  for (const column of ["label", "Class", "breed_id", "productCategory", "shop id"]) {
    assert.match(remarksOn(column, sparse).said, /by its name its 4 whole numbers/, column);
  }
  assert.match(
    remarksOn("shop id", sparse).said,
    /`rules: \{"shop id":\{"type":"categorical"\}\}`/,
  );
  assert.equal(remarksOn("price", sparse).said, "");
  const remarks = new Remarks();
  guessRule("label", sparse, { type: "ordinal" }, remarks);
  assert.deepEqual(remarks.warnings, []);
});

Deno.test("guessRule() takes cells as lists only where they make sense as such", () => {
  const doubted = (cells: string[]) => {
    const { type, remarks } = remarksOn("c", cells);
    assert.equal(type, "categorical");
    isDoubt(remarks);
  };
  const entities = [
    "Tops &amp; Tees",
    "Shirts &amp; Tees",
    "Hats &#39;n&#39; Caps",
    "Caf&eacute;s",
  ];
  assert.deepEqual(remarksOn("c", entities), {
    ...remarksOn("c", ["red", "blue"]),
    remarks: remarksOn("c", entities).remarks,
  });
  doubted(["Tops; Tees", "Hats", "Caps", "Shirts"]);
  doubted([...Array(19).fill("Hats"), "Hats; Caps", "Socks"]);
  // Rare lists, but all parts are known.
  assert.equal(remarksOn("c", [...Array(19).fill("a"), "b", "a;b"]).type, "multi");
  assert.match(remarksOn("c", ["a, b", "a, c", "b, c"]).said, /may be lists.*"separator": ","/);
  doubted(["['a', 'b']", "['a', ...", "['b']"]);
});
