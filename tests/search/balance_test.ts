import assert from "node:assert/strict";
import { balanced, notionScales } from "../../src/search/balance.ts";
import { mixtureOf } from "../../src/search/mixture.ts";
import { masks, randomEmbeddings } from "../helpers/random_embeddings.ts";

/** The squared distance of two rows, by a loop. */
function square(vectors: Float32Array, a: number, b: number, mask: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < mask.length; d++) {
    sum += (mask[d] * (vectors[a * mask.length + d] - vectors[b * mask.length + d])) ** 2;
  }
  return sum;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

Deno.test("notionScales() is the median over all pairs of a small set, without rows of NaN", () => {
  const among = randomEmbeddings(30, 8);
  among.vectors[5 * 8 + 2] = NaN;
  const scales = notionScales(among, masks);
  for (const [notion, mask] of masks) {
    const squares: number[] = [];
    for (let a = 0; a < 30; a++) {
      for (let b = 0; b < a; b++) {
        if (a !== 5 && b !== 5) squares.push(square(among.vectors, a, b, mask));
      }
    }
    const expected = median(squares);
    assert.ok(Math.abs(scales.get(notion)! / expected - 1) < 1e-3, notion);
  }
});

Deno.test("notionScales() of a large set comes near the median over all pairs, and is the same again", () => {
  const among = randomEmbeddings(2000, 8);
  const mask = masks.get("shape, in all")!;
  const squares: number[] = [];
  for (let a = 0; a < 2000; a++) {
    for (let b = 0; b < a; b++) squares.push(square(among.vectors, a, b, mask));
  }
  const found = notionScales(among, masks).get("shape, in all")!;
  assert.ok(Math.abs(found / median(squares) - 1) < 0.03);
  const copy = { ...among, vectors: among.vectors.slice() };
  assert.equal(notionScales(copy, masks).get("shape, in all"), found);
});

Deno.test("balanced() divides each weight by its scale", () => {
  const among = randomEmbeddings(30, 8);
  const scales = new Map([["heel", 4], ["colour", 0.5]]);
  const mixture = balanced(mixtureOf({ mix: { heel: 1, colour: 3 } }, masks), scales, among);
  assert.deepEqual(mixture.terms.map(({ weight }) => weight), [0.25, 6]);
});

Deno.test("balanced() refuses a notion that is at no distance, and fewer than two images", () => {
  const among = randomEmbeddings(30, 8);
  const empty = new Map([...masks, ["nothing", new Float32Array(8)]]);
  assert.throws(
    () =>
      balanced(
        mixtureOf({ mix: { heel: 1, nothing: 1 } }, empty),
        notionScales(among, empty),
        among,
      ),
    /Cannot balance "nothing" with other notions: half of the pairs of the 30 images that are searched are at no distance by it; leave it out, or .* `raw: true`/,
  );
  const one = randomEmbeddings(1, 8);
  assert.throws(
    () => balanced(mixtureOf({ mix: { heel: 1 } }, masks), notionScales(one, masks), one),
    /1 images are searched, and two are needed/,
  );
});
