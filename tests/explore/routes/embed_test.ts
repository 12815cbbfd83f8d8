/** Own pictures over HTTP, and their limits. */
import assert from "node:assert/strict";
import { join } from "../../../src/files/paths.ts";
import { type ExploreCase, exploreCase } from "../../helpers/explore_case.ts";

let made: ExploreCase;

Deno.test.beforeAll(async () => {
  made = await exploreCase({ mostBytes: 10_000, mostPixels: 1000 });
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

const picture = () => Deno.readFile(join(made.service.set, "images", "7.png"));

function send(body: Uint8Array<ArrayBuffer> | string, type: string) {
  return made.get("/api/embed", { method: "POST", body, headers: { "content-type": type } });
}

Deno.test("embedRoutes() gives the embedding that the image has in the set", async () => {
  const { status, body } = await send(await picture(), "image/png");
  assert.equal(status, 200);
  const known = made.explored.embeddings.at(7);
  body.embedding.forEach((value: number, d: number) =>
    assert.ok(Math.abs(value - known[d]) < 1e-5)
  );
});

Deno.test("embedRoutes() takes nothing that another page's form could send", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    const { status, body } = await send("x", type);
    assert.equal(status, 415, type);
    assert.match(body.error, /send an image$/);
  }
});

Deno.test("embedRoutes() refuses what is no picture, is too large or has too many pixels", async () => {
  const text = await send("no picture", "image/png");
  assert.equal(text.status, 422);
  assert.match(text.body.error, /^Cannot decode an image of 10 bytes/);
  const large = await send(new Uint8Array(20_000), "application/octet-stream");
  assert.equal(large.status, 413);
  assert.match(large.body.error, /more than 10000 bytes/);
  const sharp = (await import("sharp")).default;
  const wide = await sharp({
    create: { width: 100, height: 100, channels: 3, background: "#ffffff" },
  }).png().toBuffer();
  const pixels = await send(new Uint8Array(wide), "image/png");
  assert.equal(pixels.status, 413);
  assert.match(pixels.body.error, /at most 0.001 million pixels/);
});
