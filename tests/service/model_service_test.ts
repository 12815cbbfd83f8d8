/** A served model: what it answers, and what it refuses. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/2020";
import sharp from "sharp";
import { join } from "../../src/files/paths.ts";
import { openApi } from "../../src/service/open_api.ts";
import { type ServedModel, serveModel } from "../../src/service/serve_model.ts";
import { parseCondition, whereOf } from "../../src/search/where.ts";
import { liveBytes, liveTensors } from "../../src/native/library.ts";
import { type ServiceCase, serviceCase } from "../helpers/service_case.ts";

let given: ServiceCase;
let served: ServedModel;

Deno.test.beforeAll(async () => {
  given = await serviceCase();
  served = serveModel(given.model, given.gallery, { port: 0 });
});

Deno.test.afterAll(async () => {
  await served.close();
  await given[Symbol.asyncDispose]();
});

// deno-lint-ignore no-explicit-any
type Json = any;

const schemas = new Ajv2020({ strict: false });
schemas.addSchema(openApi, "api");

/** Asks; the answer must be as the description says. */
async function ask(
  path: string,
  init: RequestInit = {},
  at = served.url,
): Promise<{ status: number; json: Json; headers: Headers }> {
  const response = await fetch(at + path, init);
  const json = await response.json();
  const [route] = path.split("?");
  const method = (init.method ?? "GET").toLowerCase();
  const described = (openApi.paths[route]?.[method] as Json)?.responses[response.status];
  const schema = described === undefined
    ? "api#/components/schemas/Error"
    : `api#/paths/${route.replace("/", "~1")}/${method}/responses/${response.status}/content/${
      "application/json".replace("/", "~1")
    }/schema`;
  const validate = schemas.getSchema(schema)!;
  assert.ok(validate(json), JSON.stringify([validate.errors, json]));
  return { status: response.status, json, headers: response.headers };
}

async function post(path: string, body: unknown, at = served.url) {
  return await ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }, at);
}

async function image(number: number): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(join(given.set, "images", `${number}.png`));
}

async function postImage(path: string, body: Uint8Array<ArrayBuffer>, type = "image/png") {
  return await ask(path, { method: "POST", headers: { "content-type": type }, body });
}

/** What JSON makes of a result. */
function plain(result: unknown): Json {
  return JSON.parse(JSON.stringify(result));
}

Deno.test("POST /neighbours by a name gives what model.search() gives, exactly", async () => {
  const { model, gallery: { embeddings, columns } } = given;
  const query = embeddings.at(4);
  const mix = { shape: 0.7, colour: 0.3 };
  const { status, json } = await post("/neighbours", { name: "4.png", mix, k: 5 });
  assert.equal(status, 200);
  const { images, mix: asked, where, ...result } = json;
  assert.deepEqual([images, asked, where], [["4.png"], mix, []]);
  assert.deepEqual(result, plain(model.search(query, embeddings, { mix, k: 5 })));
  const criterion = { like: { shape: 1 }, unlike: { colour: 0.5 } };
  const scored = await post("/neighbours", {
    ...criterion,
    name: "4.png",
    where: ["colour=0", "split=train"],
    raw: true,
  });
  const meets = whereOf(["colour=0", "split=train"].map(parseCondition), columns!);
  const expected = plain(
    model.search(query, embeddings, { ...criterion, where: meets, raw: true }),
  );
  assert.deepEqual(scored.json.hits, expected.hits);
  assert.ok(scored.json.compared < 36 && scored.json.compared === expected.compared);
});

Deno.test("POST /neighbours by an image gives what model.search() gives, as a body, a form and base64", async () => {
  const { model, gallery: { embeddings } } = given;
  const bytes = await image(7);
  const expected = plain(
    model.search(await model.embed([bytes]), embeddings, { mix: { shape: 1, colour: 2 }, k: 3 }),
  );
  const body = await postImage("/neighbours?mix=shape,colour=2&k=3", bytes);
  assert.deepEqual(body.json.hits, expected.hits);
  const form = new FormData();
  form.set("image", new Blob([bytes]), "7.png");
  form.set("mix", "shape,colour=2");
  form.set("k", "3");
  const formed = await ask("/neighbours", { method: "POST", body: form });
  assert.deepEqual(formed.json, body.json);
  const json = await post("/neighbours", {
    image: bytes.toBase64(),
    mix: { shape: 1, colour: 2 },
    k: 3,
  });
  assert.deepEqual(json.json, body.json);
});

Deno.test("POST /neighbours takes several images: their mean, or all of them", async () => {
  const { model, gallery: { embeddings } } = given;
  const bytes = await image(7);
  const query = await model.embed([bytes]);
  for (const combine of ["mean", "all"] as const) {
    const { json } = await post("/neighbours", {
      images: [{ image: bytes.toBase64() }, { name: "4.png" }],
      notion: "shape",
      combine,
    });
    assert.deepEqual([json.images, json.combine], [["image 0", "4.png"], combine]);
    const vectors = new Float32Array([...query.vectors, ...embeddings.at(4)]);
    const both = { names: ["a", "b"], vectors, dimension: 8 };
    const expected = model.search(both, embeddings, { notion: "shape", combine });
    assert.deepEqual(json.hits, plain(expected.hits));
  }
});

Deno.test("POST /embed gives the model's embeddings; GET /notions its masks and the columns", async () => {
  const bytes = await image(7);
  const { json } = await postImage("/embed", bytes);
  const expected = [...(await given.model.embed([bytes])).vectors];
  assert.deepEqual(json, { dimension: 8, embeddings: [{ name: "image 0", embedding: expected }] });
  const notions = await ask("/notions");
  assert.deepEqual(notions.json, {
    notions: [...given.model.masks].map(([name, mask]) => ({ name, mask: [...mask] })),
    dimension: 8,
    images: 36,
    columns: ["shape", "colour", "size", "tags", "split"],
  });
  assert.deepEqual((await ask("/healthz")).json, { status: "ok" });
  assert.deepEqual((await ask("/openapi.json")).json, plain(openApi));
});

Deno.test("images of requests that come together are embedded together, each to its own", async () => {
  const numbers = Array.from({ length: 36 }, (_, number) => number);
  const found = await Promise.all(
    numbers.map(async (number) => (await postImage("/embed", await image(number))).json),
  );
  found.forEach(({ embeddings: [{ embedding }] }, number) => {
    const expected = given.gallery.embeddings.at(number);
    embedding.forEach((value: number, d: number) => {
      assert.ok(Math.abs(value - expected[d]) <= 1e-5 * Math.max(1, Math.abs(expected[d])));
    });
  });
});

/** Requests that cannot be answered: what is asked, the status and the beginning of what is said. */
const refused: [string, () => Promise<{ status: number; json: Json }>, number, RegExp][] = [
  [
    "what is no image",
    () => postImage("/neighbours?notion=shape", new Uint8Array([1, 2, 3])),
    422,
    /^image 0: Cannot decode an image of 3 bytes: /,
  ],
  [
    "an image of an unknown type",
    () => postImage("/embed", new Uint8Array(3), "text/html"),
    415,
    /^Cannot take a body of the type "text\/html": send an image/,
  ],
  [
    "a drawing",
    () =>
      postImage(
        "/embed",
        new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
        "image/svg+xml",
      ),
    422,
    /it is a drawing \(SVG\)/,
  ],
  [
    "JSON that breaks off",
    () =>
      ask("/neighbours", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"name": ',
      }),
    400,
    /^Cannot read the request: it is no JSON/,
  ],
  [
    "JSON that is no object",
    () => post("/neighbours", [1]),
    400,
    /^Cannot read the request: \[1\] is no JSON object$/,
  ],
  [
    "a form that is none",
    () =>
      ask("/embed", {
        method: "POST",
        headers: { "content-type": "multipart/form-data; boundary=x" },
        body: "abc",
      }),
    400,
    /it is no form/,
  ],
  [
    "an unknown name",
    () => post("/neighbours", { name: "../4.png", notion: "shape" }),
    404,
    /^Cannot search for "\.\.\/4\.png": no image/,
  ],
  [
    "an unknown notion",
    () => post("/neighbours", { name: "4.png", notion: "heel" }),
    422,
    /^Cannot compare by "heel": the model knows shape, colour; pass one of them$/,
  ],
  [
    "no notion",
    () => post("/neighbours", { name: "4.png" }),
    422,
    /^Cannot compare: no notion is named/,
  ],
  [
    "an unknown option",
    () => post("/neighbours", { name: "4.png", notation: "shape" }),
    422,
    /^Cannot read the request: "notation" is no option; there are name, /,
  ],
  [
    "an option of another type",
    () => post("/neighbours", { name: "4.png", mix: "shape" }),
    422,
    /^Cannot take "shape" as `mix`: it must be an object of weights/,
  ],
  [
    "weights below 0",
    () => post("/neighbours", { name: "4.png", mix: { shape: -1 } }),
    422,
    /with the weight -1/,
  ],
  [
    "too many hits",
    () => post("/neighbours", { name: "4.png", notion: "shape", k: 1001 }),
    422,
    /^Cannot take 1001 as `k`: it must be a whole number from 1 to 1000$/,
  ],
  [
    "too many images",
    () => post("/embed", { images: Array(17).fill({ name: "4.png" }) }),
    422,
    /^Cannot take 17 images in one request: at most 16/,
  ],
  [
    "an unknown column",
    () => post("/neighbours", { name: "4.png", notion: "shape", where: ["a=b"] }),
    422,
    /there is no column "a"; there are shape, /,
  ],
  [
    "no base64",
    () => post("/embed", { image: "a b?" }),
    422,
    /^Cannot read `image`: it is no base64/,
  ],
  [
    "a query beside JSON",
    () => post("/neighbours?k=3", { name: "4.png", notion: "shape" }),
    400,
    /it has JSON and a query/,
  ],
  [
    "an unknown path",
    () => ask("/secret"),
    404,
    /^There is nothing at "\/secret": there are \/neighbours, /,
  ],
];
for (const [what, asked, status, message] of refused) {
  Deno.test(`a service refuses ${what} with ${status} and says why`, async () => {
    const found = await asked();
    assert.equal(found.status, status);
    assert.match(found.json.error, message);
    assert.ok(!found.json.error.includes(given.set), found.json.error);
  });
}

Deno.test("a service refuses another method with 405 and names the right one", async () => {
  const { status, headers } = await ask("/neighbours");
  assert.deepEqual([status, headers.get("allow")], [405, "POST"]);
  const other = await post("/notions", {});
  assert.deepEqual([other.status, other.headers.get("allow")], [405, "GET, HEAD"]);
});

Deno.test("a service refuses 400 megapixels before it decodes them, whatever the format", async () => {
  const side = 20_000;
  const png = await sharp({ create: { width: 16, height: 16, channels: 3, background: "#fff" } })
    .png().toBuffer();
  // The sides stand in the header; nothing behind it is looked at.
  new DataView(png.buffer, png.byteOffset).setUint32(16, side);
  new DataView(png.buffer, png.byteOffset).setUint32(20, side);
  const pbm = new TextEncoder().encode(`P4\n${side} ${side}\n`);
  for (const bytes of [Uint8Array.from(png), pbm]) {
    const { status, json } = await postImage("/embed", bytes);
    assert.equal(status, 413);
    assert.equal(
      json.error,
      "Cannot decode an image of 20000 by 20000 pixels: at most 50 million pixels are taken; make it smaller",
    );
  }
});

Deno.test("a service sends no CORS headers, and answers only for names of this machine", async () => {
  const { headers } = await ask("/healthz", { headers: { origin: "https://example.com" } });
  assert.equal(headers.get("access-control-allow-origin"), null);
  const connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(served.url).port),
  });
  await connection.write(
    new TextEncoder().encode(
      "GET /notions HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n",
    ),
  );
  const answer = await new Response(connection.readable).text();
  assert.match(answer, /^HTTP\/1\.1 403 /);
  assert.match(
    answer,
    /Cannot answer for the host \\"evil\.example\\": ask localhost, 127\.0\.0\.1, \[::1\]/,
  );
});

Deno.test("10,000 requests in a row are answered, and nothing of them stays", async () => {
  const body = JSON.stringify({ name: "4.png", notion: "shape", k: 1 });
  const headers = { "content-type": "application/json" };
  const some = async (requests: number) => {
    for (let at = 0; at < requests; at += 20) {
      await Promise.all(Array.from({ length: 20 }, async (_, i) => {
        const response = i % 2 === 0
          ? await fetch(`${served.url}/healthz`)
          : await fetch(`${served.url}/neighbours`, { method: "POST", headers, body });
        assert.equal(response.status, 200);
        await response.bytes();
      }));
    }
  };
  await postImage("/embed", await image(1));
  await some(2000);
  const before = { tensors: liveTensors(), bytes: liveBytes(), resident: Deno.memoryUsage().rss };
  await some(10_000);
  const after = { tensors: liveTensors(), bytes: liveBytes(), resident: Deno.memoryUsage().rss };
  assert.deepEqual([after.tensors, after.bytes], [before.tensors, before.bytes]);
  assert.ok(after.resident < before.resident + 100e6, JSON.stringify([before, after]));
  assert.deepEqual([served.service.inProgress, served.service.waiting], [0, 0]);
  assert.equal((await postImage("/embed", await image(1))).status, 200);
});
