/** Triplets in the wrong order, over HTTP, held against distances of the model. */
import assert from "node:assert/strict";
import type { HardTriplets } from "../../src/explore/protocol.ts";
import { join } from "../../src/files/paths.ts";
import { readTripletList, tripletListPath } from "../../src/sets/triplet_list.ts";
import { openExplored } from "../../src/explore/explored.ts";
import { tripletRoutes } from "../../src/explore/routes/triplets.ts";
import { type ExploreCase, exploreCase } from "../helpers/explore_case.ts";

let made: ExploreCase;

Deno.test.beforeAll(async () => {
  made = await exploreCase();
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

Deno.test("hardTriplets() gives those in the wrong order, the worst first", async () => {
  const { model, set } = made.service;
  const { embeddings } = made.explored;
  const list = await readTripletList(tripletListPath(set, { notion: "shape", split: "train" }), 36);
  const all = Array.from({ length: list.length / 3 }, (_, place) => {
    const [anchor, far, near] = list.subarray(3 * place);
    const to = (image: number) =>
      model.distance(embeddings.at(anchor), embeddings.at(image), { notion: "shape" });
    return { anchor, far, near, wrongBy: to(near) - to(far) };
  });
  const wrong = all.filter(({ wrongBy }) => wrongBy >= 0).sort((a, b) => b.wrongBy - a.wrongBy);
  const { body } = await made.get("/api/triplets?notion=shape&split=train&count=5");
  const found: HardTriplets = body;
  assert.equal(found.total, all.length);
  assert.equal(found.wrong, wrong.length);
  assert.deepEqual(
    found.triplets.map(({ nearDistance, farDistance }) => (nearDistance - farDistance).toFixed(6)),
    wrong.slice(0, 5).map(({ wrongBy }) => wrongBy.toFixed(6)),
  );
  assert.deepEqual(found.triplets[0].anchor.name, `${wrong[0].anchor}.png`);
});

Deno.test("tripletRoutes() refuses a split and a notion that are not there", async () => {
  const split = await made.get("/api/triplets?notion=shape&split=all");
  assert.equal(split.status, 422);
  assert.match(split.body.error, /as `split`: it must be one of train, val, test/);
  const notion = await made.get("/api/triplets?notion=taste&split=test");
  assert.equal(notion.status, 422);
  assert.match(notion.body.error, /Cannot compare by "taste": .* knows shape, colour/);
});

Deno.test("tripletRoutes() says that a folder of images has no triplets", async () => {
  const among = join(made.service.set, "images");
  const [route] = tripletRoutes(await openExplored(made.service.model, { among }));
  const query = new URLSearchParams({ notion: "shape", split: "test" });
  await assert.rejects(async () => await route.answer({ query } as never), {
    name: "RequestError",
    message: "There are no triplets: what is explored is no image set",
  });
});
