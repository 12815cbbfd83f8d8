import assert from "node:assert/strict";
import { draw, shapeNotions, writeShapes } from "../../../scripts/gpu/shapes_set.ts";
import { leftOut, testFiles } from "../../../scripts/gpu/tests_part.ts";
import { projectFolder } from "../../../src/cli/paths.ts";
import { decodeImage } from "../../../src/images/decode_image.ts";
import { join } from "../../../src/files/paths.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

Deno.test("writeShapes() writes images and a row of values for each", async () => {
  await using folder = await TemporaryFolder.make();
  await writeShapes(folder.path, 40);
  const rows = (await Deno.readTextFile(join(folder.path, "shapes.csv"))).trim().split("\n");
  assert.equal(rows[0], "image,shape,size,shade,place");
  assert.equal(rows.length, 41);
  const kinds = shapeNotions.map((_, column) =>
    new Set(rows.slice(1).map((row) => row.split(",")[column + 1])).size
  );
  assert.deepEqual(kinds, [4, 3, 3, 2]);
  const { pixels } = draw(7);
  const decoded = await decodeImage(join(folder.path, "images", "7.png"), 32);
  assert.deepEqual(
    decoded,
    Uint8Array.from({ length: 3 * 1024 }, (_, i) => pixels[Math.floor(i / 3)]),
  );
});

Deno.test("testFiles() leaves out only files that exist", () => {
  const files = testFiles(projectFolder);
  assert.ok(files.includes("tests/training/parity_test.ts"));
  for (const file of Object.keys(leftOut)) {
    assert.ok(!files.includes(file));
    assert.ok(Deno.statSync(join(projectFolder, file)).isFile, file);
  }
});
