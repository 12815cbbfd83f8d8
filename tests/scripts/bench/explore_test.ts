import assert from "node:assert/strict";
import { measureExploring } from "../../../scripts/bench/explore.ts";
import { start } from "../../../src/native/start.ts";
import { chromium } from "../../helpers/chromium.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

if (chromium === null) console.log("measureExploring() is not tested: there is no chromium");

Deno.test(
  "measureExploring() measures starts, the mixer, maps and memory of a real page",
  { ignore: chromium === null, sanitizeOps: false, sanitizeResources: false },
  async () => {
    await using temporary = await TemporaryFolder.make();
    await start();
    const options = {
      ...{ sizes: [32], batchSize: 4, repeats: 1, length: 0.01, threads: 1 },
      placement: { device: "cpu", precision: "float32" },
      python: { command: "python3", env: {} },
      notice: () => {},
    } as const;
    const found = await measureExploring(options, { images: 60, folder: temporary.path });
    assert.deepEqual(found.map(({ work, unit }) => [work, unit]), [
      ["from command to page", "s"],
      ["mixer to row painted", "ms"],
      ...["one map with pictures", "one map without pictures"].flatMap(both),
      ...["five maps with pictures", "five maps without pictures"].flatMap(both),
      ["memory of the server, its own", "MB"],
      ["at most, with files", "MB"],
    ]);
    for (const { work, median } of found) assert.ok(median > 0, work);
  },
);

function both(what: string): [string, string][] {
  return [[`${what}, dragged`, "frames/s"], [`${what}, zoomed`, "frames/s"]];
}
