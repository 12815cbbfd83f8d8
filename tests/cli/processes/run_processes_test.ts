/** What is said before several processes are started. */
import assert from "node:assert/strict";
import { crowdWarning } from "../../../src/cli/processes/run_processes.ts";

Deno.test("crowdWarning() warns of more processes than processors, and says how many are enough", () => {
  assert.equal(crowdWarning(2, 2), null);
  assert.equal(
    crowdWarning(3, 2),
    "warning: 3 processes take turns on 2 processors, and each takes memory of its own; " +
      "pass --processes 2, unless there are as many GPUs",
  );
  assert.match(crowdWarning(2, 1)!, /take turns on 1 processor, .*; leave --processes out, unless/);
});
