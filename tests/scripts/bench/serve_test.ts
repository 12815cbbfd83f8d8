import assert from "node:assert/strict";
import { compareServing } from "../../../scripts/bench/serve.ts";
import { start } from "../../../src/native/start.ts";

Deno.test("compareServing() measures real services of both kinds under load", async () => {
  await start();
  const found = await compareServing({
    ...{ sizes: [32], batchSize: 4, repeats: 1, length: 0.01, threads: 1 },
    placement: { device: "cpu", precision: "float32" },
    python: { command: "python3", env: {} },
    notice: () => {},
  });
  assert.deepEqual(
    found.map(({ item, work, against, unit }) => [item, work, against, unit]),
    [
      ["serve", "requests, 32 px", "one at a time", "requests/s"],
      ["serve", "half are answered within, 32 px", "one at a time", "ms"],
      ["serve", "99 % are answered within, 32 px", "one at a time", "ms"],
    ],
  );
  for (const { csn, pytorch } of found) assert.ok(csn > 0 && pytorch > 0);
});
