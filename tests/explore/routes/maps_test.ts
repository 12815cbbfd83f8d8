/** What is asked of maps and pictures, of a real server. */
import assert from "node:assert/strict";
import { atlasCell } from "../../../src/explore/atlas_plan.ts";
import type { AtlasInfo, MapsInfo } from "../../../src/explore/protocol.ts";
import { join } from "../../../src/files/paths.ts";
import { loadSharp } from "../../../src/images/decode_image.ts";
import { type ExploreCase, exploreCase } from "../../helpers/explore_case.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { valuesOf } from "../../helpers/valued_set.ts";

let made: ExploreCase;
let cache: TemporaryFolder;
const cacheBefore = Deno.env.get("CSN_CACHE");

Deno.test.beforeAll(async () => {
  made = await exploreCase();
  // The page and libtorch are in the usual cache; maps and atlases are the test's own.
  cache = await TemporaryFolder.make();
  Deno.env.set("CSN_CACHE", cache.path);
});

Deno.test.afterAll(async () => {
  if (cacheBefore === undefined) Deno.env.delete("CSN_CACHE");
  else Deno.env.set("CSN_CACHE", cacheBefore);
  await made[Symbol.asyncDispose]();
  await cache[Symbol.asyncDispose]();
});

/** Asks how far maps are until all are made. */
async function madeMaps({ get }: ExploreCase = made): Promise<MapsInfo> {
  for (;;) {
    const { body } = await get("/api/maps");
    const info = body as MapsInfo;
    if (info.maps.every(({ stage }) => stage !== "waiting" && stage !== "plane")) return info;
  }
}

async function numbers(path: string): Promise<ArrayBuffer> {
  const response = await fetch(`${made.origin}${path}`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  return await response.arrayBuffer();
}

Deno.test("mapRoutes() answers a map of each notion and one without a mask, each point an image", async () => {
  const info = await madeMaps();
  assert.deepEqual([info.points, info.of, info.unknown], [36, 36, 0]);
  assert.deepEqual(
    info.maps,
    ["", "shape", "colour"].map((notion) => {
      return { notion, stage: "map", share: 1, fault: null };
    }),
  );
  const points = new Uint32Array(await numbers("/api/maps/points"));
  assert.deepEqual(points, Uint32Array.from({ length: 36 }, (_, i) => i));
  const layouts = await Promise.all(
    info.maps.map(async ({ notion }) =>
      new Float32Array(await numbers(`/api/maps/layout?notion=${notion}`))
    ),
  );
  for (const layout of layouts) {
    assert.equal(layout.length, 72);
    // Normalised: their middle is 0, their mean square 1.
    const square = layout.reduce((sum, value) => sum + value * value, 0) / 36;
    assert.ok(Math.abs(square - 1) < 1e-4);
  }
  assert.notDeepEqual(layouts[1], layouts[2]);
  assert.deepEqual(await made.get("/api/maps/layout?notion=size"), {
    status: 422,
    body: {
      error:
        'Cannot take "size" as `notion`: it must be empty for the unmasked embedding, or one of shape, colour',
    },
  });
});

Deno.test("mapRoutes() answers which points meet conditions, and refuses those that say nothing", async () => {
  const meets = new Uint8Array(await numbers("/api/maps/kept?where=shape%3D1&where=colour%3D2"));
  const expected = Uint8Array.from({ length: 36 }, (_, image) => {
    const [shape, colour] = valuesOf(image);
    return Number(shape === "1" && colour === "2");
  });
  assert.deepEqual(meets, expected);
  assert.ok(expected.includes(1));
  const { status, body } = await made.get("/api/maps/kept?where=taste%3D1");
  assert.equal(status, 422);
  assert.match(body.error, /taste/);
});

Deno.test("mapRoutes() answers the values of the points, lists as one text, and columns there are none of", async () => {
  for (const [column, place] of [["shape", 0], ["tags", 3]] as const) {
    const { body } = await made.get(`/api/maps/values?column=${column}`);
    const found = body.codes.map((code: number) => body.values[code]);
    const expected = Array.from({ length: 36 }, (_, i) => valuesOf(i)[place].replace(";", "; "));
    assert.deepEqual(found, expected);
  }
  const { status, body } = await made.get("/api/maps/values?column=price");
  assert.equal(status, 422);
  assert.match(body.error, /one of shape, colour, size, tags, split$/);
});

Deno.test("mapRoutes() answers an atlas of the points, to be kept under its key alone", async () => {
  const { body } = await made.get("/api/atlas");
  const atlas = body as AtlasInfo;
  assert.deepEqual([atlas.count, atlas.cell, atlas.sheets], [36, 64, 1]);
  const response = await fetch(`${made.origin}/api/atlas/${atlas.key}/0`);
  assert.equal(response.headers.get("content-type"), "image/jpeg");
  assert.equal(response.headers.get("cache-control"), "private, max-age=31536000, immutable");
  const sharp = await loadSharp();
  const sheet = await sharp(new Uint8Array(await response.arrayBuffer())).raw()
    .toBuffer({ resolveWithObject: true });
  const name = made.explored.fileOf(7)!;
  const whole = await sharp(name).removeAlpha().resize(1, 1, { kernel: "linear" }).raw().toBuffer();
  const { x, y } = atlasCell(atlas, 7);
  let sum = 0;
  for (let row = 0; row < 64; row++) {
    for (let column = 0; column < 64; column++) {
      sum += sheet.data[3 * ((y + row) * sheet.info.width + x + column)];
    }
  }
  assert.ok(Math.abs(sum / 64 ** 2 - whole[0]) < 12, `${sum / 64 ** 2} instead of ${whole[0]}`);
  const old = await made.get(`/api/atlas/${"0".repeat(24)}/0`);
  assert.equal(old.status, 404);
  assert.match(old.body.error, /they are others now/);
  assert.equal((await made.get(`/api/atlas/${atlas.key}/1`)).status, 422);
});

Deno.test("mapRoutes() answers what is known of images, and refuses those there are none of", async () => {
  const { body } = await made.post("/api/infos", { indices: [4, 2] });
  assert.deepEqual(
    body,
    [4, 2].map((index) => {
      return { index, name: `${index}.png`, values: valuesOf(index).slice(0, 2) };
    }),
  );
  assert.equal((await made.post("/api/infos", { indices: [36] })).status, 422);
  assert.equal((await made.post("/api/infos", { indices: "all" })).status, 422);
});

Deno.test("pictureRoutes() answers a picture, and again only when its file is another one", async () => {
  for (const [path, type] of [["image", "image/webp"], ["thumbnail", "image/jpeg"]]) {
    const first = await fetch(`${made.origin}/api/${path}/3`);
    assert.equal(first.headers.get("content-type"), type);
    assert.equal(first.headers.get("x-content-type-options"), "nosniff");
    await first.arrayBuffer();
    const tag = { "if-none-match": first.headers.get("etag")! };
    const again = await fetch(`${made.origin}/api/${path}/3`, { headers: tag });
    assert.equal(again.status, 304);
    const other = await fetch(`${made.origin}/api/${path}/4`, { headers: tag });
    assert.equal(other.status, 200);
    await other.arrayBuffer();
  }
});

Deno.test("pictureRoutes() says of pictures that are gone, broken or elsewhere that they are", async () => {
  const folder = made.explored.pictureFolder!;
  await Deno.remove(join(folder, "30.png"));
  await Deno.writeTextFile(join(folder, "31.png"), "<html><script>alert(1)</script></html>");
  await Deno.writeTextFile(join(cache.path, "secret.png"), "secret");
  await Deno.remove(join(folder, "32.png"));
  await Deno.symlink(join(cache.path, "secret.png"), join(folder, "32.png"));
  const expected = [[30, 404, "gone"], [31, 422, "broken"], [32, 403, "outside"]] as const;
  for (const [index, status, state] of expected) {
    for (const path of ["image", "thumbnail"]) {
      const response = await fetch(`${made.origin}/api/${path}/${index}`);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("x-picture"), state);
      const { error } = await response.json();
      assert.match(error, new RegExp(`^Cannot show image ${index}, ${index}.png: `));
    }
  }
  assert.equal((await made.get("/api/image/36")).status, 422);
  assert.equal((await made.get("/api/image/..%2Fset.json")).status, 422);
});
