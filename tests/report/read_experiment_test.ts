import assert from "node:assert/strict";
import { readComparison, readSweep } from "../../src/report/read_experiment.ts";
import type { Estimate } from "../../src/statistics/estimate.ts";
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

Deno.test("readComparison() reads results of an older csn as of these very networks alone", async () => {
  await using folder = await TemporaryFolder.make();
  const plain = ({ value, low, high }: Estimate) => ({ value, low, high });
  const { units: _units, ...rest } = comparison;
  const old = {
    ...rest,
    format: 1,
    variants: comparison.variants.map((each) => ({ ...each, error: plain(each.error) })),
    differences: comparison.differences.map(({ a, b, error, notions }) => ({
      ...{ a, b, error: plain(error), notions },
    })),
  };
  await Deno.writeTextFile(join(folder.path, "compare.json"), JSON.stringify(old));
  const read = (await readComparison(folder.path))!;
  assert.deepEqual(read.units, { kind: "images", count: 30 });
  assert.equal(read.variants[0].error.runs, null);
  const [{ seeds, error }] = read.differences;
  assert.deepEqual(seeds.map(({ seed, error }) => [seed, error]), [[1, 0.2], [2, 0.2]]);
  assert.deepEqual([error.value, error.simultaneous, error.seedsToShow], [0.2, null, null]);
});

Deno.test("readSweep() reads results of an older csn as of these very networks alone", async () => {
  await using folder = await TemporaryFolder.make();
  const { units: _units, ...rest } = sweep;
  await Deno.writeTextFile(
    join(folder.path, "sweep.json"),
    JSON.stringify({ ...rest, format: 1 }),
  );
  assert.deepEqual((await readSweep(folder.path))!.points.map(({ error }) => error.runs), [
    ...[null, null, null],
  ]);
});

Deno.test("readComparison() refuses what csn did not write, and says how it is made again", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "compare.json");
  const cases: [text: string, message: RegExp][] = [
    ['{"format": 1, ', /Cannot read .*compare\.json: .*make it again with `compare\(\)`/],
    ['{"format": 3}', /its format is 3, it should be 1 or 2/],
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
