import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { appendMasks, cutBackMasks, readMasks } from "../../src/training/mask_log.ts";
import { cutBack, RunLog } from "../../src/training/run_log.ts";
import { epochRows } from "../helpers/epoch_rows.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** Masks that differ from epoch to epoch, in float32 as a network has them. */
function masksOf(epoch: number): number[][] {
  return [[0, 0.9 / epoch, 1e-9 * epoch], [epoch / 3, 0, 12345.678]]
    .map((mask) => mask.map(Math.fround));
}

/** A folder with the masks of some epochs. */
async function keptMasks(epochs: readonly number[]) {
  const folder = await TemporaryFolder.make();
  for (const epoch of epochs) await appendMasks(folder.path, { epoch, masks: masksOf(epoch) });
  const file = join(folder.path, "masks.jsonl");
  return {
    path: folder.path,
    file,
    text: () => Deno.readTextFile(file),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

Deno.test("readMasks() reads the float32 numbers that appendMasks() wrote, in few digits", async () => {
  await using kept = await keptMasks([1, 2, 3]);
  const read = await readMasks(kept.path);
  assert.deepEqual(read.map(({ epoch }) => epoch), [1, 2, 3]);
  for (const { epoch, masks } of read) {
    assert.deepEqual(masks.map((mask) => mask.map(Math.fround)), masksOf(epoch));
  }
  assert.equal(
    (await kept.text()).split("\n")[0],
    '{"epoch":1,"masks":[[0,0.9,1e-9],[0.33333334,0,12345.678]]}',
  );
});

Deno.test("readMasks() finds no epochs where there is no file", async () => {
  await using folder = await TemporaryFolder.make();
  assert.deepEqual(await readMasks(folder.path), []);
  await cutBackMasks(folder.path, 3);
  assert.deepEqual(Array.from(Deno.readDirSync(folder.path)), []);
});

Deno.test("readMasks() names file and line of what is no masks", async () => {
  await using kept = await keptMasks([]);
  const good = '{"epoch":1,"masks":[[1,2],[3,4]]}\n';
  const cases: [string, RegExp][] = [
    [`${good}{"epoch":2,"ma`, /masks\.jsonl:2: .*JSON/],
    [`${good}{"masks":[[1]]}\n`, /masks\.jsonl:2: "epoch" is missing/],
    ['{"epoch":1,"masks":[[1,2],[3]]}\n', /masks\.jsonl:1: "masks" is no table of numbers/],
    ['{"epoch":1,"masks":[[1,null]]}\n', /masks\.jsonl:1: "masks" is no table/],
    ['{"epoch":1,"masks":7}\n', /masks\.jsonl:1: "masks" is no table/],
  ];
  for (const [text, message] of cases) {
    await Deno.writeTextFile(kept.file, text);
    await assert.rejects(readMasks(kept.path), { name: "CsnError", message });
  }
});

Deno.test("cutBackMasks() keeps the epochs up to the one given, and drops a line that a kill cut short", async () => {
  await using kept = await keptMasks([1, 2]);
  const before = await kept.text();
  await appendMasks(kept.path, { epoch: 3, masks: masksOf(3) });
  const third = (await kept.text()).slice(before.length);
  await cutBackMasks(kept.path, 2);
  assert.equal(await kept.text(), before);
  for (let length = 1; length < third.length; length++) {
    await Deno.writeTextFile(kept.file, before + third.slice(0, length));
    await cutBackMasks(kept.path, 2);
    assert.equal(await kept.text(), before);
  }
});

Deno.test("RunLog writes masks where they are given, and cutBack() cuts them with the metrics", async () => {
  await using folder = await TemporaryFolder.make();
  const log = new RunLog(folder.path);
  const rows = epochRows(3);
  await log.append(rows[0]);
  await log.append(rows[1], masksOf(2));
  await log.append(rows[2], masksOf(3));
  await cutBack(folder.path, 2);
  assert.deepEqual((await readMasks(folder.path)).map(({ epoch }) => epoch), [2]);
});

Deno.test("cutBack() leaves all files as they were where one of them cannot be read", async () => {
  for (const spoilt of ["metrics.jsonl", "masks.jsonl"]) {
    await using folder = await TemporaryFolder.make();
    const log = new RunLog(folder.path);
    for (const row of epochRows(3)) await log.append(row, masksOf(row.epoch));
    const file = join(folder.path, spoilt);
    await Deno.writeTextFile(file, `{\n${await Deno.readTextFile(file)}`);
    const texts = () =>
      Promise.all(
        ["metrics.jsonl", "metrics.csv", "masks.jsonl"].map((name) =>
          Deno.readTextFile(join(folder.path, name))
        ),
      );
    const before = await texts();
    await assert.rejects(cutBack(folder.path, 1), { name: "CsnError" });
    assert.deepEqual(await texts(), before, spoilt);
  }
});
