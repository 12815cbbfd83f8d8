import assert from "node:assert/strict";
import sharp from "sharp";
import { drawMap, drawRow } from "../../../src/report/draw_pictures.ts";
import { type EmbeddedSplit, embedSplit } from "../../../src/analysis/embedded_split.ts";
import { emptyCell } from "../../../src/report/maps/grid_cells.ts";
import { defaultLayout } from "../../../src/report/maps/layout_settings.ts";
import { LayoutCache } from "../../../src/report/maps/layout_cache.ts";
import { PackPictures } from "../../../src/images/pack_pictures.ts";
import { pictureName } from "../../../src/report/picture_name.ts";
import { sampleRows, subspaceMaps } from "../../../src/report/maps/subspace_maps.ts";
import { join } from "../../../src/files/paths.ts";
import { readModelFile } from "../../../src/model/model_file.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { writeTinyModel } from "../../helpers/tiny_model.ts";
import { writeTinySet } from "../../helpers/tiny_set.ts";

const size = 3;

/** A pack of four images, each of one colour. */
async function writePack(path: string): Promise<void> {
  const pixels = new Uint8Array(4 * size * size * 3);
  for (let image = 0; image < 4; image++) {
    pixels.fill(50 * (image + 1), image * size * size * 3, (image + 1) * size * size * 3);
  }
  await Deno.writeFile(path, pixels);
}

/** Pixel (x, y) of a PNG: red, green, blue, opacity. */
async function pixelsOf(png: Uint8Array): Promise<(x: number, y: number) => number[]> {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return (x, y) => [...data.subarray(4 * (y * info.width + x), 4 * (y * info.width + x) + 4)];
}

Deno.test("drawMap() puts each cell's image into its place and leaves empty cells clear", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "3.pack");
  await writePack(path);
  using pack = await PackPictures.open(path, size);
  const cells = Int32Array.of(2, emptyCell, emptyCell, 0);
  const picture = await drawMap({ name: "map", alt: "a map" }, pack, cells, 2);
  assert.deepEqual([picture.width, picture.height], [6, 6]);
  const at = await pixelsOf(picture.png);
  assert.deepEqual([at(0, 0), at(2, 2)], [[150, 150, 150, 255], [150, 150, 150, 255]]);
  assert.deepEqual([at(3, 3), at(5, 5)], [[50, 50, 50, 255], [50, 50, 50, 255]]);
  assert.deepEqual([at(3, 0)[3], at(0, 5)[3]], [0, 0]);
  // The last row of three, from its second cell on.
  const low = Int32Array.from([...new Array(7).fill(emptyCell), 1, 3]);
  const flat = await drawMap({ name: "map", alt: "a map" }, pack, low, 3);
  assert.deepEqual([flat.width, flat.height], [6, 3]);
  const below = await pixelsOf(flat.png);
  assert.deepEqual([below(0, 0)[0], below(5, 2)[0]], [100, 200]);
});

Deno.test("drawRow() sets images side by side, with a bar under those that are marked", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "3.pack");
  await writePack(path);
  using pack = await PackPictures.open(path, size);
  const { png, width, height } = await drawRow({ name: "row", alt: "a row" }, pack, [3, 0, 1], [
    false,
    true,
    false,
  ]);
  const at = await pixelsOf(png);
  const middles = [36, 72 + 12 + 36, 2 * 78 + 6 + 36];
  assert.deepEqual(middles.map((x) => at(x, 36)[0]), [200, 50, 100]);
  assert.deepEqual(middles.map((x) => at(x, height - 1)[3]), [0, 255, 0]);
  assert.equal(width, middles[2] + 36);
});

Deno.test("PackPictures refuses an image that the file does not hold", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "3.pack");
  await writePack(path);
  using pack = await PackPictures.open(path, size);
  assert.throws(() => pack.pixels(4), /Cannot read image 4 of .*3\.pack: the file ends before it/);
});

Deno.test("LayoutCache gives back what was put, for the same points and settings alone", async () => {
  await using folder = await TemporaryFolder.make();
  const cache = new LayoutCache(join(folder.path, "layouts"));
  const settings = { ...defaultLayout, seed: 1 };
  const task = { points: Float32Array.of(1, 2, 3, 4), dimension: 2, settings };
  assert.equal(await cache.get(task), null);
  const layout = Float32Array.of(0.5, -1, 2, 8);
  await cache.put(task, layout);
  assert.deepEqual(await cache.get(task), layout);
  const others = [
    { ...task, points: Float32Array.of(1, 2, 3, 5) },
    { ...task, dimension: 4 },
    { ...task, settings: { ...settings, seed: 2 } },
    { ...task, settings: { ...settings, epochs: 1 } },
    { ...task, settings: { ...settings, neighbours: 3 } },
    { ...task, settings: { ...settings, minimumDistance: 0.2 } },
  ];
  for (const other of others) assert.equal(await cache.get(other), null);
  const [{ name }] = [...Deno.readDirSync(join(folder.path, "layouts"))];
  await Deno.writeFile(join(folder.path, "layouts", name), new Uint8Array(5));
  assert.equal(await cache.get(task), null, "a file that was cut short");
});

async function tinySplit(folder: string): Promise<EmbeddedSplit> {
  const data = join(folder, "set");
  await writeTinySet(data, { triplets: 64 });
  return await embedSplit(await readModelFile(await writeTinyModel(folder)), { data });
}

Deno.test("subspaceMaps() draws each notion, and lays out nothing that the cache knows", async () => {
  await using folder = await TemporaryFolder.make();
  const split = await tinySplit(folder.path);
  using pack = await PackPictures.open(split.packPath, split.imageSize);
  const layouts = join(folder.path, "layouts");
  const options = { most: 20, seed: 1, cache: new LayoutCache(layouts) };
  const maps = await subspaceMaps(split, pack, options);
  assert.deepEqual(maps.map(({ notion, images, side }) => [notion, images, side]), [
    ["shape", 20, 4],
    ["colour", 20, 4],
  ]);
  assert.deepEqual(maps.map(({ picture }) => picture!.name), ["map-0-shape", "map-1-colour"]);
  for (const { shown } of maps) assert.ok(shown > 1 && shown <= 16);
  // Layouts with all points in one place: who uses them shows one image.
  for (const { name } of Deno.readDirSync(layouts)) {
    await Deno.writeFile(join(layouts, name), new Uint8Array(8 * 20));
  }
  const again = await subspaceMaps(split, pack, options);
  assert.deepEqual(again.map(({ shown }) => shown), [1, 1]);
});

Deno.test("subspaceMaps() has no picture of a notion whose mask is zero", async () => {
  await using folder = await TemporaryFolder.make();
  const split = await tinySplit(folder.path);
  using pack = await PackPictures.open(split.packPath, split.imageSize);
  const masks = [new Float32Array(split.dimension), split.masks[1]];
  const cache = new LayoutCache(join(folder.path, "layouts"));
  const [none, one] = await subspaceMaps({ ...split, masks }, pack, { most: 9, seed: 1, cache });
  assert.deepEqual([none.picture, none.dimensions, none.shown], [null, 0, 0]);
  assert.ok(one.picture !== null);
});

Deno.test("sampleRows() draws without repetition, the same by the same seed", () => {
  const rows = sampleRows(50, 20, 1);
  assert.deepEqual(rows, Uint32Array.from(new Set(rows)).sort());
  assert.equal(rows.length, 20);
  assert.deepEqual(sampleRows(50, 20, 1), rows);
  assert.notDeepEqual(sampleRows(50, 20, 2), rows);
  assert.deepEqual(sampleRows(3, 20, 1), Uint32Array.of(0, 1, 2));
});

Deno.test("pictureName() holds letters, digits and dashes alone", () => {
  assert.equal(pictureName("map", 2, "Heel height/../é"), "map-2-heel-height");
  assert.equal(pictureName("wrong", 0, "...", 3), "wrong-0-3");
});
