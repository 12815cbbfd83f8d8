import assert from "node:assert/strict";
import { queryText } from "../../src/cli/query_text.ts";
import { search } from "../../src/search/search.ts";
import { masks, randomEmbeddings } from "../helpers/random_embeddings.ts";

const among = randomEmbeddings(20, 8);

/** The distances that `query` prints by a weight. */
function printed(weight: number): string[] {
  const result = search(among.vectors.slice(0, 8), among, { mix: { heel: weight }, masks, k: 3 });
  return queryText(result, []).split("\n").slice(2, 5).map((line) => line.trim().split(/ +/)[1]);
}

Deno.test("queryText() prints distances that differ with digits that show it, however small they are", () => {
  const plain = printed(1);
  assert.equal(plain[0], "0.0000");
  assert.match(plain[2], /^\d\.\d{4}$/);
  for (const weight of [1e-10, 1e-24, 1e-60, 1e30]) {
    const [, second, third] = printed(weight).map(Number);
    assert.ok(0 < second && second < third, `${weight}: ${second} ${third}`);
    const scaled = Number(plain[2]) * Math.sqrt(weight);
    assert.ok(Math.abs(third - scaled) < 1e-3 * scaled, `${third} is not ${scaled}`);
  }
});
