import assert from "node:assert/strict";
import { runRanks } from "../helpers/run_ranks.ts";

Deno.test("allOrNone() throws what a rank failed of, too, where the others do not answer in time", async () => {
  const [, { code, stderr }] = await runRanks({
    ...{ program: "group_program.ts", args: ["failAlone", "1"], world: 2 },
    watch: async ([first, second]) => {
      await second.end;
      first.child.kill("SIGKILL");
    },
  });
  assert.equal(code, 1);
  assert.equal(stderr, "there is no such set\n");
});
