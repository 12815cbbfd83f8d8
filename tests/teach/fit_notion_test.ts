import assert from "node:assert/strict";
import { fitNotion } from "../../src/teach/fit_notion.ts";
import { fitValues } from "../../src/teach/fit_values.ts";
import { verdictText } from "../../src/teach/verdict_text.ts";
import { notionScales } from "../../src/search/balance.ts";
import { plantNotion } from "../helpers/planted_notion.ts";

const masks = new Map([
  ["heel", Float32Array.of(1, 1, 0, 0, 0, 0, 0, 0)],
  ["colour", Float32Array.of(0, 0, 0, 0, 0, 0, 30, 40)],
]);

Deno.test("fitNotion() learns a notion that lies in some dimensions, and finds these", () => {
  const { embeddings, triplets } = plantNotion([2, 5]);
  const fit = fitNotion(embeddings, triplets, { masks });
  assert.equal(fit.verdict, "learned");
  assert.ok(fit.accuracy.value > 0.85, `${fit.accuracy.value}`);
  assert.ok(fit.accuracy.low > 0.7 && fit.accuracy.high < 1);
  const others = [0, 1, 3, 4, 6, 7].map((d) => fit.weights[d]);
  assert.ok(Math.min(fit.weights[2], fit.weights[5]) > 3 * Math.max(...others), `${fit.weights}`);
  assert.deepEqual([fit.answers, fit.contradictions, fit.chance], [120, 0, 0.5]);
  assert.equal(fit.images, new Set(triplets).size);
  assert.deepEqual(fit.known.map(({ notion }) => notion), ["heel", "colour"]);
  assert.ok(fit.best!.accuracy.high < 0.7 && fit.best!.gain.low > 0.1);
  assert.match(
    verdictText(fit),
    /^learned: better than guessing, and than every notion there is \(/,
  );
});

Deno.test("fitNotion() says of a notion that is not in the embedding that it is not learnable", () => {
  let learned = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const { embeddings, triplets } = plantNotion([], { seed, answers: 60 });
    const fit = fitNotion(embeddings, triplets, { masks });
    assert.ok(fit.accuracy.low < fit.accuracy.value);
    if (fit.verdict !== "not learnable") learned++;
    else assert.match(verdictText(fit), /^not learnable from this embedding/);
  }
  // Intervals of 95 %: some two are to be expected.
  assert.ok(learned <= 5, `${learned} of 40`);
});

Deno.test("fitNotion() says which notion already answers as well", () => {
  const { embeddings, triplets } = plantNotion([0, 1]);
  const fit = fitNotion(embeddings, triplets, { masks });
  assert.equal(fit.verdict, "already known");
  assert.equal(fit.best!.notion, "heel");
  assert.equal(fit.best!.accuracy.value, 1);
  assert.match(
    verdictText(fit),
    /^the notion heel already answers as well: right of 100\.0 % \(\d+\.\d to 100\.0\) of the same answers$/,
  );
});

Deno.test("fitNotion() does not call better what may not be", () => {
  const { embeddings, triplets } = plantNotion([0, 1, 2], { answers: 40 });
  const fit = fitNotion(embeddings, triplets, { masks });
  assert.equal(fit.verdict, "not shown better");
  assert.ok(fit.best!.gain.value > 0 && fit.best!.gain.low <= 0);
  assert.match(verdictText(fit), /not shown to be better than the notion heel: more answers would/);
});

Deno.test("fitNotion() gives distances of the size that those of other notions have", () => {
  const { embeddings, triplets } = plantNotion([2, 5]);
  const { mask } = fitNotion(embeddings, triplets, { masks });
  const scales = notionScales(embeddings, new Map([...masks, ["new", mask]]));
  const middle = (scales.get("heel")! + scales.get("colour")!) / 2;
  assert.ok(Math.abs(scales.get("new")! / middle - 1) < 1e-5);
  const alone = fitNotion(embeddings, triplets).mask;
  assert.ok(Math.abs(alone.reduce((sum, each) => sum + each * each, 0) - 1) < 1e-6);
});

Deno.test("fitNotion() takes names, and gives the same for the same answers and seed", () => {
  const { embeddings, triplets } = plantNotion([2, 5], { answers: 60 });
  const named = Array.from({ length: 60 }, (_, i) => {
    const [anchor, far, near] = [0, 1, 2].map((role) => embeddings.names[triplets[3 * i + role]]);
    return { anchor, far, near };
  });
  const fit = fitNotion(embeddings, triplets, { masks, seed: 3 });
  assert.deepEqual(fitNotion(embeddings, named, { masks, seed: 3 }), fit);
  assert.notDeepEqual(fitNotion(embeddings, triplets, { masks, seed: 4 }).accuracy, fit.accuracy);
});

Deno.test("fitNotion() leaves groups of images out together", () => {
  const { embeddings, triplets } = plantNotion([2, 5], { answers: 60 });
  const groups = embeddings.names.map((_, row) => row % 40);
  const fit = fitNotion(embeddings, triplets, { groups });
  const plain = fitNotion(embeddings, triplets);
  assert.notDeepEqual(fit.accuracy, plain.accuracy);
  // One group would be left out with nothing to learn from.
  assert.throws(
    () => fitNotion(embeddings, triplets, { groups: embeddings.names.map(() => 0) }),
    /60 answers that begin with 1 different images, or groups of them: 5 are needed/,
  );
});

Deno.test("fitNotion() counts questions that were answered both ways", () => {
  const { embeddings, triplets } = plantNotion([2, 5], { answers: 40 });
  const [anchor, far, near] = triplets;
  const more = Uint32Array.of(...triplets, anchor, near, far, anchor, far, near);
  assert.equal(fitNotion(embeddings, more).contradictions, 1);
});

Deno.test("fitNotion() refuses what it cannot learn from", () => {
  const { embeddings, triplets } = plantNotion([2, 5], { answers: 40 });
  const refused = (answers: ArrayLike<number>, message: RegExp) =>
    assert.throws(() => fitNotion(embeddings, answers), message);
  refused(triplets.subarray(0, 57), /^CsnError: Cannot fit a notion to 19 answers: 20 are needed/);
  refused(
    triplets.map((image, at) => at % 3 === 0 ? 0 : image + 1),
    /begin with 1 different images, or groups/,
  );
  refused([...triplets, 400, 0, 1], /names image 400, and there are 400/);
  refused([...triplets, 7, 3, 7], /answer 41 names 7 twice; an answer is about three images$/);
  refused([...triplets, 7], /121 rows are no whole number of triplets/);
  assert.throws(
    () => fitNotion(embeddings, [{ anchor: "1", far: "x.png", near: "3" }]),
    /an answer names "x\.png", and no image that is embedded is called so/,
  );
  const vectors = embeddings.vectors.slice();
  vectors[8 * triplets[4]] = NaN;
  assert.throws(
    () => fitNotion({ ...embeddings, vectors }, triplets),
    /, of answer \d+, could not be embedded; leave out answers about it$/,
  );
});

Deno.test("fitValues() learns from values, and judges by images that it has not seen", () => {
  const { embeddings } = plantNotion([], { images: 300 });
  const values = embeddings.names.map((_, row) => {
    const value = embeddings.vectors[8 * row + 3];
    return row % 3 === 0 ? "" : value < -0.4 ? "low" : value < 0.4 ? "middle" : "high";
  });
  const fit = fitValues(embeddings, { kind: "categorical", values }, { masks, triplets: 500 });
  assert.equal(fit.verdict, "learned");
  assert.equal(fit.answers, 500);
  assert.ok(fit.images <= 200);
  assert.ok(fit.accuracy.value > 0.9, `${fit.accuracy.value}`);
  assert.equal(fit.weights.indexOf(Math.max(...fit.weights)), 3);
  const thrown = values.map((value, row) => value === "" ? "" : `${row % 2}`);
  const other = fitValues(embeddings, { kind: "categorical", values: thrown }, { triplets: 500 });
  assert.equal(other.verdict, "not learnable");
});

Deno.test("fitValues() refuses values that give too few triplets", () => {
  const { embeddings } = plantNotion([], { images: 300 });
  const few = embeddings.names.map((_, row) => row < 4 ? `${row % 2}` : "");
  assert.throws(
    () => fitValues(embeddings, { kind: "categorical", values: few }),
    /^CsnError: Cannot fit a notion to the values of 4 images: they give \d+ triplets .* 20 are needed/,
  );
  assert.throws(
    () => fitValues(embeddings, { kind: "categorical", values: ["a"] }),
    /to 1 values: there are 300 embeddings/,
  );
});
