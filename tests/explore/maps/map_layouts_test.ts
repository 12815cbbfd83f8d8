import assert from "node:assert/strict";
import { type MapLayoutOptions, MapLayouts } from "../../../src/explore/maps/map_layouts.ts";
import { nearestRows } from "../../../src/analysis/nearest_rows.ts";
import { randomNormal } from "../../../src/base/random.ts";
import { join } from "../../../src/files/paths.ts";
import { LayoutCache } from "../../../src/report/maps/layout_cache.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const [count, dimension] = [120, 6];

/** By the first three dimensions point i is of group i mod 3, by the others of group i mod 2. */
const vectors = Float32Array.from({ length: count * dimension }, (_, at) => {
  const [point, axis] = [Math.floor(at / dimension), at % dimension];
  const isOwn = axis < 3 ? point % 3 === axis : point % 2 === axis - 3;
  return (isOwn ? 20 : 0) + randomNormal(1, 0, at);
});

const masks = new Map([
  ["shape", Float32Array.from([1, 1, 1, 0, 0, 0])],
  ["colour", Float32Array.from([0, 0, 0, 1, 1, 1])],
  ["none", new Float32Array(6)],
]);

function layouts(folder: string, options: Partial<MapLayoutOptions> = {}): MapLayouts {
  return new MapLayouts({ vectors, dimension }, masks, {
    cache: new LayoutCache(folder),
    ...options,
  });
}

function assertGroups(layout: Float32Array, groups: number): void {
  nearestRows(layout, 2, 6).rows.forEach((nearest, point) => {
    assert.deepEqual(new Set(nearest.map((each) => each % groups)), new Set([point % groups]));
  });
}

Deno.test("MapLayouts lays each notion and the unmasked embedding out, and says of a mask without dimensions that it has nothing", async () => {
  await using folder = await TemporaryFolder.make();
  const made = layouts(folder.path);
  assert.deepEqual(made.names, ["", "shape", "colour", "none"]);
  assert.deepEqual(made.state("shape"), { stage: "waiting", share: 0, fault: null });
  assert.equal(made.layout("shape"), null);
  await made.begin();
  assert.deepEqual(made.names.map((name) => made.state(name).stage), [
    "map",
    "map",
    "map",
    "nothing",
  ]);
  assertGroups(made.layout("shape")!, 3);
  assertGroups(made.layout("colour")!, 2);
  assert.deepEqual(made.layout("none"), new Float32Array(2 * count));
});

Deno.test("MapLayouts places those that are not of the sample by their nearest, and says how far it is", async () => {
  await using folder = await TemporaryFolder.make();
  const made = layouts(folder.path, { sampled: 60 });
  await made.begin();
  assert.equal(made.state("shape").stage, "map");
  // Each point lies nearer to its own group's middle than to the others'.
  const layout = made.layout("shape")!;
  const middle = (group: number, axis: number) => {
    const own = Array.from({ length: count / 3 }, (_, i) => layout[2 * (3 * i + group) + axis]);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  const middles = [0, 1, 2].map((group) => [middle(group, 0), middle(group, 1)]);
  for (let point = 0; point < count; point++) {
    const far = middles.map(([x, y]) =>
      Math.hypot(layout[2 * point] - x, layout[2 * point + 1] - y)
    );
    assert.equal(far.indexOf(Math.min(...far)), point % 3);
  }
  // Sampled layouts are others than whole ones, and not taken for them.
  assert.notDeepEqual(made.layout("shape"), await shapeOf(layouts(folder.path)));
});

async function shapeOf(made: MapLayouts): Promise<Float32Array> {
  await made.begin();
  return made.layout("shape")!;
}

Deno.test("MapLayouts takes what was kept, and makes a broken file anew", async () => {
  await using folder = await TemporaryFolder.make();
  const first = await shapeOf(layouts(folder.path));
  const files = await Array.fromAsync(
    Deno.readDir(folder.path),
    ({ name }) => join(folder.path, name),
  );
  assert.equal(files.length, 3);
  const before = await Promise.all(files.map((file) => Deno.readFile(file)));
  const second = layouts(folder.path);
  assert.deepEqual(await shapeOf(second), first);
  // One of its digits turned over, cut off, and no layout at all.
  const spoilt = before[0].slice();
  spoilt[17] ^= 4;
  await Deno.writeFile(files[0], spoilt);
  await Deno.writeFile(files[1], before[1].subarray(0, 100));
  await Deno.writeTextFile(files[2], "not a layout");
  assert.deepEqual(await shapeOf(layouts(folder.path)), first);
  for (const [i, file] of files.entries()) assert.deepEqual(await Deno.readFile(file), before[i]);
});

Deno.test("MapLayouts shows maps that cannot be kept, and says so", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  const said: string[] = [];
  const made = layouts(join(file, "layouts"), { onUnkept: (text) => said.push(text) });
  assertGroups(await shapeOf(made), 3);
  assert.ok(said.length > 0);
  for (const text of said) {
    assert.match(text, /^The map is not kept for the next time: Cannot keep layouts in .*file/);
  }
});

Deno.test("MapLayouts shows so many points at most, and how many there are", async () => {
  await using folder = await TemporaryFolder.make();
  const made = layouts(folder.path, { most: 30 });
  assert.equal(made.shown.rows.length, 30);
  assert.equal(made.shown.of, count);
  await made.begin();
  assert.equal(made.layout("shape")!.length, 60);
});
