/** The short form of the soak's faults. */
import assert from "node:assert/strict";
import { faultsPart } from "../../../scripts/soak/faults_part.ts";
import { shortSoak } from "./short_soak.ts";

const only = ["large-files", "full-disk", "read-only-disk", "file-handles", "memory", "embed"];

Deno.test("embed on a machine that fails says so in a line, loses nothing, and works afterwards", async () => {
  await using soak = await shortSoak({ faults: 5 });
  const rows = await faultsPart({ ...soak, only });
  assert.ok(rows.length >= 3);
  assert.ok(rows.every(({ count }) => count === 1));
  assert.deepEqual(rows.flatMap(({ findings }) => findings), []);
});
