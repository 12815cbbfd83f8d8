import assert from "node:assert/strict";
import { CsnError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import { LayoutCache } from "../../../src/report/maps/layout_cache.ts";

const task = {
  points: Float32Array.from([1, 2, 3, 4]),
  dimension: 2,
  settings: { neighbours: 1, minimumDistance: 0.1, epochs: 1, seed: 1 },
};

Deno.test("LayoutCache gives what was kept, of the same task alone, and nothing of a damaged file", async () => {
  const folder = join(await Deno.makeTempDir(), "layouts");
  const cache = new LayoutCache(folder);
  assert.equal(await cache.get(task), null);
  await cache.put(task, Float32Array.from([5, 6, 7, 8]));
  assert.deepEqual(await cache.get(task), Float32Array.from([5, 6, 7, 8]));
  assert.equal(await cache.get({ ...task, points: Float32Array.from([1, 2, 3, 5]) }), null);
  const [{ name }] = await Array.fromAsync(Deno.readDir(folder));
  const file = join(folder, name);
  const whole = await Deno.readFile(file);
  await Deno.truncate(file, 5);
  assert.equal(await cache.get(task), null);
  // A number that is another one, though as many.
  await Deno.writeFile(file, whole.with(2, whole[2] ^ 1));
  assert.equal(await cache.get(task), null);
  await Deno.writeFile(file, whole);
  assert.deepEqual(await cache.get(task), Float32Array.from([5, 6, 7, 8]));
});

Deno.test("LayoutCache takes layouts of early versions, which had no digest, if they hold numbers", async () => {
  const folder = join(await Deno.makeTempDir(), "layouts");
  const cache = new LayoutCache(folder);
  await cache.put(task, Float32Array.from([5, 6, 7, 8]));
  const [{ name }] = await Array.fromAsync(Deno.readDir(folder));
  for (const [last, expected] of [[8, Float32Array.from([5, 6, 7, 8])], [NaN, null]] as const) {
    await Deno.writeFile(
      join(folder, name),
      new Uint8Array(Float32Array.from([5, 6, 7, last]).buffer),
    );
    assert.deepEqual(await cache.get(task), expected);
  }
});

Deno.test("LayoutCache explains a folder that cannot be made", async () => {
  const file = await Deno.makeTempFile();
  await assert.rejects(
    new LayoutCache(join(file, "layouts")).put(task, Float32Array.from([5, 6, 7, 8])),
    (error) =>
      error instanceof CsnError && error.message.startsWith("Cannot keep layouts in") &&
      error.message.includes(`${file} is a file, not a folder`),
  );
});
