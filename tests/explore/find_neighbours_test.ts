/** Rows of neighbours over HTTP, held against the model's own search. */
import assert from "node:assert/strict";
import type { Hit } from "../../src/explore/protocol.ts";
import { type ExploreCase, exploreCase } from "../helpers/explore_case.ts";

let made: ExploreCase;

Deno.test.beforeAll(async () => {
  made = await exploreCase();
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

const asked = { query: { index: 4 }, k: 5, order: "nearest", where: [] };
const shown = (hits: readonly Hit[]) => hits.map(({ index, value }) => [index, value]);

Deno.test("findNeighbours() finds what the model's search finds, without the query", async () => {
  const { model } = made.service;
  const { embeddings } = made.explored;
  const rows = [
    { by: "notion", notion: "colour" },
    { by: "unmasked" },
    { by: "mixture", weights: { shape: 0.5, colour: 1 }, isBalanced: true },
    { by: "mixture", weights: { shape: 1, colour: -0.25 }, isBalanced: false },
  ];
  const { status, body } = await made.post("/api/neighbours", { ...asked, rows });
  assert.equal(status, 200, JSON.stringify(body));
  const where = (index: number) => index !== 4;
  const query = embeddings.at(4);
  const options = { where, k: 5 };
  const byColour = model.search(query, embeddings, { ...options, notion: "colour" });
  assert.deepEqual(shown(body.rows[0].hits), byColour.hits.map((hit) => [hit.index, hit.distance]));
  const ones = new Float32Array(embeddings.dimension).fill(1);
  const unmasked = embeddings.nearest(query, ones, { k: 6 }).filter(({ index }) => index !== 4);
  assert.deepEqual(
    shown(body.rows[1].hits),
    unmasked.map(({ index, distance }) => [index, distance]),
  );
  const mixed = model.search(query, embeddings, { ...options, mix: { shape: 0.5, colour: 1 } });
  assert.deepEqual(
    body.rows[2].hits.map(({ index, value }: Hit) => [index, value.toFixed(9)]),
    mixed.hits.map((hit) => [hit.index, hit.distance.toFixed(9)]),
  );
  body.rows[2].hits.forEach((hit: Hit, at: number) => {
    assert.ok(Math.abs(hit.shares[0]! - mixed.hits[at].shares.shape) < 1e-12);
  });
  const likeness = { like: { shape: 1 }, unlike: { colour: 0.25 }, raw: true };
  const scored = model.search(query, embeddings, { ...options, ...likeness });
  assert.equal(body.rows[3].isScore, true);
  assert.deepEqual(
    body.rows[3].hits.map(({ index, value }: Hit) => [index, value.toFixed(9)]),
    scored.hits.map((hit) => [hit.index, hit.score.toFixed(9)]),
  );
  assert.deepEqual(body.query, { index: 4, name: "4.png", values: ["1", "1"] });
});

Deno.test("findNeighbours() finds the farthest in the same way", async () => {
  const { embeddings } = made.explored;
  const rows = [{ by: "notion", notion: "shape" }];
  const { body } = await made.post("/api/neighbours", { ...asked, rows, order: "farthest" });
  const mask = made.service.model.mask("shape");
  const all = embeddings.nearest(embeddings.at(4), mask, { k: 36 }).reverse();
  assert.deepEqual(
    shown(body.rows[0].hits),
    all.slice(0, 5).map(({ index, distance }) => [index, distance]),
  );
});

Deno.test("findNeighbours() says whether values are alike, and shares that add up to 1", async () => {
  const rows = [{ by: "notion", notion: "colour" }];
  const { body } = await made.post("/api/neighbours", { ...asked, k: 35, rows });
  const hits: Hit[] = body.rows[0].hits;
  assert.equal(hits.length, 35);
  for (const { index, alike, values, shares } of hits) {
    // Of image 5 no shape is known; a colour is the number modulo 3, a shape a third of it.
    const shape = index === 5 ? null : Math.floor(index / 3) % 3 === 1;
    assert.deepEqual(alike, [shape, index % 3 === 1], `${index}`);
    assert.equal(values[1], String(index % 3));
    assert.ok(Math.abs(shares[0]! + shares[1]! - 1) < 1e-12);
  }
});

Deno.test("findNeighbours() gives the chances of a notion that is calibrated", async () => {
  await using own = await exploreCase();
  const { model } = own.service;
  const fit = { measure: "distance", slope: 2 };
  const same = { measure: "square", slope: -3, intercept: 1 };
  const calibration = { notions: [{ notion: "shape", nearer: fit, same }] };
  Object.assign(model.info, { calibration });
  const rows = [{ by: "notion", notion: "shape" }, { by: "notion", notion: "colour" }];
  const { body } = await own.post("/api/neighbours", { ...asked, rows });
  const { embeddings } = own.explored;
  const { hits } = model.search(embeddings.at(4), embeddings, {
    notion: "shape",
    k: 5,
    where: (index) => index !== 4,
  });
  body.rows[0].hits.forEach(({ chances }: Hit, at: number) => {
    assert.deepEqual(chances, [hits[at].chances!.shape, null]);
    assert.ok(chances[0]!.same! > 0 && chances[0]!.nearer! > 0);
  });
  assert.deepEqual(body.rows[1].hits[0].chances, [null, null]);
  const { body: info } = await own.get("/api/explored");
  assert.deepEqual(
    info.notions.map(({ isCalibrated }: { isCalibrated: boolean }) => isCalibrated),
    [true, false],
  );
});

Deno.test("findNeighbours() searches among images that meet the conditions alone", async () => {
  const rows = [{ by: "unmasked" }];
  const where = ["colour=2", "split=train"];
  const { body } = await made.post("/api/neighbours", { ...asked, k: 35, rows, where });
  const expected = [...Array(18).keys()].filter((index) => index % 3 === 2);
  assert.deepEqual(body.rows[0].hits.map(({ index }: Hit) => index).sort(ascending), expected);
  assert.equal(body.rows[0].compared, expected.length);
  const wrong = await made.post("/api/neighbours", { ...asked, rows, where: ["colour=9"] });
  assert.equal(wrong.status, 422);
  assert.match(wrong.body.error, /no image has the value "9"; there are 0, 1, 2/);
});

function ascending(a: number, b: number): number {
  return a - b;
}

Deno.test("findNeighbours() searches from an own embedding, which no image is left out for", async () => {
  const embedding = [...made.explored.embeddings.at(4)];
  const rows = [{ by: "notion", notion: "colour" }];
  const { body } = await made.post("/api/neighbours", { ...asked, query: { embedding }, rows });
  assert.equal(body.rows[0].hits[0].index, 4);
  assert.deepEqual(body.rows[0].hits[0].alike, [null, null]);
  assert.equal(body.query, null);
});

Deno.test("findNeighbours() gives a refusal for a mixture of nothing, and the other rows", async () => {
  const rows = [
    { by: "mixture", weights: { shape: 0, colour: 0 }, isBalanced: true },
    { by: "notion", notion: "shape" },
  ];
  const { status, body } = await made.post("/api/neighbours", { ...asked, rows });
  assert.equal(status, 200);
  assert.match(
    body.rows[0].refusal,
    /^Cannot mix notions: none is to be alike; give one a weight above 0$/,
  );
  assert.equal(body.rows[1].hits.length, 5);
});

Deno.test("neighbourRoutes() refuses what cannot be asked", async () => {
  const rows = [{ by: "unmasked" }];
  const refused = async (change: object, status: number, message: RegExp) => {
    const answer = await made.post("/api/neighbours", { ...asked, rows, ...change });
    assert.equal(answer.status, status, JSON.stringify(change));
    assert.match(answer.body.error, message);
  };
  await refused({ query: { index: 36 } }, 422, /Cannot take 36 as `index`: .* from 0 to 35/);
  await refused({ query: {} }, 422, /as `index`/);
  await refused({ query: { embedding: [1] } }, 422, /a list of 8 numbers/);
  await refused({ k: 1000 }, 422, /as `k`: it must be a whole number from 1 to 200/);
  await refused({ order: "best" }, 422, /as `order`/);
  await refused({ where: "colour=1" }, 422, /as `where`/);
  await refused({ rows: [{ by: "taste" }] }, 422, /as `rows`/);
  const form = await made.get("/api/neighbours", { method: "POST", body: "{}" });
  assert.equal(form.status, 415);
});
