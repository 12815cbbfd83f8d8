import assert from "node:assert/strict";
import { measureTeaching } from "../../../scripts/bench/teaching.ts";

Deno.test("measureTeaching() times questions, pictures and fits", async () => {
  const options = { length: 0.25, repeats: 1, notice: () => {} };
  const figures = await measureTeaching(options, 2000);
  assert.deepEqual(figures.slice(0, 4).map(({ work, repeats }) => [work, repeats]), [
    ["the next question of 2,000", 60],
    ["the next question of 2,000, 99 of 100 within", 1],
    ["the next picture of 2,000", 60],
    ["the next picture of 2,000, 99 of 100 within", 1],
  ]);
  assert.match(figures[4].work, /^a fit to \d\d answers$/);
  assert.equal(figures[5].work, "a fit to values of 60 images");
  assert.ok(figures.every(({ median, unit }) => median > 0 && unit === "ms"));
  const [, most, , , ...fits] = figures;
  assert.ok(most.median >= figures[0].most);
  assert.equal(fits.length, 4);
});
