import assert from "node:assert/strict";
import { UsageError } from "../../src/base/errors.ts";
import { type Criterion, dimensionWeights, mixtureOf } from "../../src/search/mixture.ts";
import { masks } from "../helpers/random_embeddings.ts";

const refuses = (criterion: unknown, message: RegExp) =>
  assert.throws(() => mixtureOf(criterion as Criterion, masks), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, message);
    return true;
  });

Deno.test("mixtureOf() has the notions in the model's order, without weights of 0", () => {
  const { terms, isScore } = mixtureOf(
    { mix: { colour: 0.3, "shape, in all": 0, heel: 0.7 } },
    masks,
  );
  assert.deepEqual(terms.map(({ notion, weight }) => [notion, weight]), [
    ["heel", 0.7],
    ["colour", 0.3],
  ]);
  assert.equal(isScore, false);
  assert.deepEqual(mixtureOf({ notion: "heel" }, masks).terms, [
    { notion: "heel", mask: masks.get("heel"), weight: 1 },
  ]);
});

Deno.test("mixtureOf() subtracts what is to be unlike, and says that it is a score", () => {
  const { terms, isScore } = mixtureOf({ like: { heel: 1 }, unlike: { colour: 0.5 } }, masks);
  assert.deepEqual(terms.map(({ weight }) => weight), [1, -0.5]);
  assert.equal(isScore, true);
});

Deno.test("dimensionWeights() mixes the squares of the masks", () => {
  const weights = dimensionWeights(mixtureOf({ mix: { heel: 2, colour: 10 } }, masks));
  const heel = masks.get("heel")!;
  const colour = masks.get("colour")!;
  weights.forEach((weight, d) =>
    assert.equal(weight, 2 * heel[d] * heel[d] + 10 * colour[d] * colour[d])
  );
});

Deno.test("mixtureOf() refuses what is no criterion, and says what would be right", () => {
  refuses({ notion: "heal" }, /"heal": the model knows heel, colour, shape, in all; pass one/);
  refuses({ mix: { heel: 1, color: 1 } }, /Cannot compare by "color": the model knows heel/);
  for (const weight of [-1, NaN, Infinity, "1", null]) {
    refuses({ mix: { heel: weight } }, /by "heel" with the weight .* in `mix`: .* finite number/);
  }
  for (const weight of [5e-324, 1e-300, 1e201, 1e308]) {
    refuses(
      { like: { heel: weight }, unlike: { colour: 1 } },
      /by "heel" with the weight 1?.* in `like`: it must be 0, or a number from 1e-200 to 1e\+200/,
    );
  }
  refuses({ mix: { heel: 0 } }, /`mix` has no weight above 0/);
  refuses({ mix: {} }, /`mix` names no notion; name notions with weights, of heel/);
  refuses({ like: { heel: 1 }, unlike: { colour: 0 } }, /`unlike` has no weight above 0/);
  refuses({ like: { heel: 1 }, unlike: { heel: 1 } }, /the same notion: heel/);
  refuses({ unlike: { heel: 1 } }, /only unlike: `like` names no notion/);
  refuses({}, /no notion is named; pass one of `notion`, `mix`/);
  refuses({ notion: "heel", mix: { heel: 1 } }, /in several ways/);
});

Deno.test("mixtureOf() takes names in either of Unicode's forms, and gives the model's", () => {
  const [composed, decomposed] = ["h\u00f6he", "ho\u0308he"];
  const own = new Map([[decomposed, Float32Array.of(1)], ["heel", Float32Array.of(2)]]);
  const names = (criterion: Parameters<typeof mixtureOf>[0]) =>
    mixtureOf(criterion, own).terms.map(({ notion }) => notion);
  assert.deepEqual(names({ notion: composed }), [decomposed]);
  assert.deepEqual(names({ mix: { [composed]: 1, heel: 2 } }), [decomposed, "heel"]);
  assert.deepEqual(names({ like: { heel: 1 }, unlike: { [composed]: 1 } }), [decomposed, "heel"]);
});
