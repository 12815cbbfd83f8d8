import assert from "node:assert/strict";
import { dirname, fromFileUrl, join } from "../../../src/files/paths.ts";
import { decodeImage } from "../../../src/images/decode_image.ts";
import { filesBelow } from "../../../src/files/exists.ts";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { makeTriplets, type MakeTripletsOptions } from "../../../src/sets/make/make_triplets.ts";
import type { SetSummary } from "../../../src/sets/make/set_report.ts";
import { readAttributes } from "../../helpers/table_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const tables = fromFileUrl(new URL("../../fixtures/tables", import.meta.url));

/** The names that make_embedded.py's paths are given; the position is the row. */
const expected = [
  ...Array.from({ length: 18 }, (_, row) => `train/${row}.png`),
  ...["19.png", "20.png", "up.png", "a.png", "no ending.png", "Train_0-24.PNG"],
];

async function make(set: string, table: string, options: Partial<MakeTripletsOptions> = {}) {
  return await makeTriplets(set, {
    attributes: join(tables, table),
    notions: ["colour"],
    shares: { train: 1, val: 1, test: 1 },
    triplets: { train: 20, val: 5, test: 5 },
    copy: true,
    ...options,
  });
}

Deno.test("makeTriplets() with copy unpacks the images that a Parquet file holds, under safe names", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  const report = await make(set, "embedded.parquet");
  assert.deepEqual(await filesBelow(folder.path).then((files) => files.filter(isOutside)), []);
  assert.deepEqual((await openImageSet(set)).imageFiles, expected);
  assert.deepEqual((await filesBelow(join(set, "images"))).sort(), expected.toSorted());
  for (const [row, { file, colour }] of (await readAttributes(set)).entries()) {
    const pixels = await decodeImage(join(set, "images", file), 8);
    assert.deepEqual([...new Set(pixels)], [10 * row], file);
    assert.equal(colour, ["red", "green"][row % 2]);
  }
  assert.match(report.understood.join(), /"image" holds the images themselves: they are unpacked/);
  assert.match(
    report.warnings.join(),
    /1 of 24 pictures of column "image" have the path of an ear/,
  );
});

/** Whether a file of the test's folder is neither of the set nor a lock. */
function isOutside(file: string): boolean {
  return !file.startsWith("set/") && dirname(file) !== ".";
}

Deno.test("makeTriplets() counts rows of a Parquet file without a picture as missing", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await assert.rejects(
    make(set, "embedded_gaps.parquet"),
    /Cannot find 2 of the 24 images that column "image" .*\(row 5, which holds no picture, row 6/,
  );
  const { images } = await make(set, "embedded_gaps.parquet", { allowMissing: true });
  assert.equal(images, 22);
  assert.deepEqual(
    (await openImageSet(set)).imageFiles,
    expected.filter((_, row) => row !== 4 && row !== 5),
  );
});

Deno.test("makeTriplets() says that copy unpacks the images of a Parquet file", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  const images = join(folder.path, "images");
  await Deno.mkdir(images);
  await assert.rejects(
    make(set, "embedded.parquet", { copy: false, images }),
    /holds the images themselves, .* pass `copy: true` to unpack them into the set$/,
  );
  await assert.rejects(
    make(set, "embedded.parquet", { copy: false }),
    /name the folder that they lie in with `images`; if .* pass `copy: true` to unpack them/,
  );
  assert.equal((await make(set, "embedded.parquet", { images })).images, 24);
});

Deno.test("makeTriplets() with copy takes the files of a Parquet file's images where they are there", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  const images = join(folder.path, "images");
  await Deno.mkdir(images);
  for (let image = 0; image < 12; image++) {
    await Deno.writeTextFile(join(images, `${image}.jpg`), `file ${image}`);
  }
  let understood: readonly string[] = [];
  const onSummary = (summary: SetSummary) => understood = summary.understood;
  // Twelve images are too few to draw from; which of them are taken is known before.
  await assert.rejects(
    make(set, "hugging_face.parquet", { images, onSummary }),
    /Cannot draw triplets/,
  );
  assert.match(understood.join(), /holds images with their paths: the paths are read/);
});
