import assert from "node:assert/strict";
import { guessRule } from "../../../src/data/notions/guess_rule.ts";

Deno.test("guessRule() guesses types by what cells hold", () => {
  const guess = (cells: (string | string[])[]) => guessRule("c", cells).rule;
  assert.deepEqual(guess(["red", "blue", ""]), { type: "categorical" });
  assert.deepEqual(guess(["red", "blue;green", ""]), { type: "multi", separator: ";" });
  assert.deepEqual(guess(["red", "blue|green"]), { type: "multi", separator: "|" });
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

Deno.test("guessRule() does not guess an order of texts, nor a distance in the column's unit", () => {
  assert.throws(
    () => guessRule("heel", ["low", "2"], { type: "ordinal" }),
    /order of column "heel": "low" is no number; name the values from the lowest/,
  );
  assert.throws(() => guessRule("heel", ["1", "2"], { type: "numeric", alike: 1 }), /not "unlike"/);
});
