import assert from "node:assert/strict";
import { readComparison, readSweep } from "../../src/report/read_experiment.ts";
import { join } from "../../src/files/paths.ts";
import { comparison, sweep, writeExperiments } from "../helpers/experiment_files.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("readComparison() and readSweep() read what was written, and null where nothing was", async () => {
  await using folder = await TemporaryFolder.make();
  assert.equal(await readComparison(folder.path), null);
  assert.equal(await readSweep(join(folder.path, "nowhere")), null);
  await writeExperiments(folder.path);
  assert.deepEqual(await readComparison(folder.path), comparison);
  assert.deepEqual(await readSweep(folder.path), sweep);
});

Deno.test("readComparison() works out differences by seed where an older csn kept none", async () => {
  await using folder = await TemporaryFolder.make();
  const old = {
    ...comparison,
    differences: comparison.differences.map(({ seeds: _, overSeeds: __, ...rest }) => rest),
  };
  await Deno.writeTextFile(join(folder.path, "compare.json"), JSON.stringify(old));
  const [{ seeds, overSeeds }] = (await readComparison(folder.path))!.differences;
  assert.deepEqual(seeds.map(({ seed, error }) => [seed, error]), [[1, 0.2], [2, 0.2]]);
  assert.deepEqual(overSeeds!.error, { value: 0.2, low: 0.2, high: 0.2 });
});

Deno.test("readComparison() refuses what csn did not write, and says how it is made again", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "compare.json");
  const cases: [text: string, message: RegExp][] = [
    ['{"format": 1, ', /Cannot read .*compare\.json: .*make it again with `compare\(\)`/],
    ['{"format": 2}', /its format is 2, it should be 1/],
    ["null", /its format is undefined/],
    [JSON.stringify({ ...comparison, variants: [] }), /"variants" is missing or empty/],
    [JSON.stringify({ ...comparison, differences: undefined }), /"differences" is missing/],
    [JSON.stringify({ ...comparison, differences: [null] }), /"differences\[0\]" is missing or/],
    [JSON.stringify({ ...comparison, notions: [1] }), /"notions\[0\]" is missing or of the wrong/],
    [
      JSON.stringify({ ...comparison, variants: comparison.variants.slice(0, 1) }),
      /has a difference of ".*", but no such variant/,
    ],
  ];
  for (const [text, message] of cases) {
    await Deno.writeTextFile(file, text);
    await assert.rejects(readComparison(folder.path), message);
  }
  await Deno.writeTextFile(file, JSON.stringify({ ...comparison, differences: [] }));
  assert.ok(await readComparison(folder.path) !== null, "a single variant differs from none");
});
