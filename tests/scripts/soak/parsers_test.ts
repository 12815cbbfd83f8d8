/** The short form of the soak's parsers: 150 inputs each. */
import assert from "node:assert/strict";
import { parsersPart } from "../../../scripts/soak/parsers_part.ts";
import { allParsers } from "../../../scripts/soak/parsers/all.ts";
import { shortSoak } from "./short_soak.ts";

Deno.test("every parser answers spoilt files with an error of a line or a right result", async () => {
  await using soak = await shortSoak({ inputs: 150 });
  const rows = await parsersPart(soak);
  assert.deepEqual(rows.flatMap(({ findings }) => findings), []);
  assert.deepEqual(rows.map(({ tried }) => tried).sort(), Object.keys(allParsers).sort());
  assert.ok(rows.every(({ count }) => count === 150));
});
