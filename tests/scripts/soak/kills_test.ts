/** The short form of the soak's kills. */
import assert from "node:assert/strict";
import { killsPart } from "../../../scripts/soak/kills_part.ts";
import { shares, trials } from "../../../scripts/soak/trials.ts";
import { shortSoak } from "./short_soak.ts";

Deno.test("make-triplets and embed that are killed end well when they are run again, with the same results", async () => {
  await using soak = await shortSoak({ kills: 8 });
  const rows = await killsPart({ ...soak, only: ["make-triplets", "embed"] });
  assert.deepEqual(rows.map(({ tried, count }) => [tried, count]), [["make-triplets", 4], [
    "embed",
    4,
  ]]);
  assert.deepEqual(rows.flatMap(({ findings }) => findings), []);
});

Deno.test("shares() tries what takes minutes a twentieth of the times, all others alike", () => {
  assert.deepEqual(shares(trials, 100), [19, 19, 19, 19, 19, 5]);
  assert.deepEqual(shares(trials, 6), [1, 1, 1, 1, 2, 0]);
});
