import assert from "node:assert/strict";
import { liveTensors } from "../../../src/native/library.ts";
import { join } from "../../../src/files/paths.ts";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { mapPack } from "../../../src/sets/pack/map_pack.ts";
import { preparePack } from "../../../src/sets/pack/pack.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { writeTinySet } from "../../helpers/tiny_set.ts";

Deno.test("mapPack() gives the same pixels mapped and on a device that has room, and keeps one tensor", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data);
  const pack = await preparePack(await openImageSet(data), 16);
  const size = pack.count * 16 * 16 * 3;
  const before = liveTensors();
  // On the CPU, which has no memory of its own to move to unless a test says so.
  for (const free of [undefined, 2 * size - 1, 2 * size]) {
    using pixels = mapPack(pack, "cpu", { free });
    assert.deepEqual(pixels.shape, [pack.count, 16, 16, 3]);
    assert.deepEqual(pixels.data(), await Deno.readFile(pack.path));
    assert.equal(liveTensors(), before + 1);
  }
  assert.equal(liveTensors(), before);
});
