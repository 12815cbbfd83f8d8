import assert from "node:assert/strict";
import { merged, report } from "../../../scripts/soak/table.ts";
import type { Row } from "../../../scripts/soak/part.ts";

const row: Row = { part: "kills", tried: "embed", count: 3, asked: 4, findings: [], seconds: 5 };

Deno.test("report() says how many of what was asked for were done when not all were", () => {
  assert.match(report([row]), /^kills +embed +3 of 4 +0 +5 s$/m);
  assert.match(report([{ ...row, count: 4 }]), /^kills +embed +4 +0 +5 s$/m);
  assert.match(report([row]), /Nothing was found\.$/);
});

Deno.test("merged() adds up what rounds did and were asked for, and all they found", () => {
  const finding = { what: "embed hangs", again: "deno task soak" };
  const rows = merged([row, { ...row, tried: "train" }, { ...row, findings: [finding] }]);
  assert.deepEqual(
    rows.map(({ tried, count, asked, seconds }) => [tried, count, asked, seconds]),
    [["embed", 6, 8, 10], ["train", 3, 4, 5]],
  );
  assert.match(report(rows), /6 of 8 +1.*\nFound:\nembed hangs\n {4}deno task soak$/s);
});
