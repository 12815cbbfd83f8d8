/** Search by name or value, and images to begin with, over HTTP. */
import assert from "node:assert/strict";
import type { FoundAnswer, ImageInfo } from "../../src/explore/protocol.ts";
import { countValues, findImages } from "../../src/explore/find_images.ts";
import { Explored } from "../../src/explore/explored.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { type ExploreCase, exploreCase } from "../helpers/explore_case.ts";

let made: ExploreCase;

Deno.test.beforeAll(async () => {
  made = await exploreCase();
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

/** What is explored, with these names. */
function named(names: readonly string[]): Explored {
  const dimension = made.service.model.info.dimension;
  const vectors = new Float32Array(names.length * dimension);
  const embeddings = new EmbeddingSet({ names, vectors, dimension });
  return new Explored(made.service.model, { ...made.explored, embeddings }, (index) => `${index}`);
}

Deno.test("findImages() puts names that are the text before those that begin with it or hold it", async () => {
  const names = ["a/heel-2.png", "heel/boot.png", "b/HEEL.jpg", "c/flat.png", "d/high-heel.png"];
  const found = await findImages(named(names), new Map(), "heel", 3);
  assert.deepEqual(found.images.map(({ index }) => index), [2, 0, 1]);
  assert.equal(found.total, 4);
});

Deno.test("findImages() takes #17 as image 17, and no image for one that is not there", async () => {
  assert.deepEqual((await findImages(made.explored, new Map(), "#17", 5)).images, [
    { index: 17, name: "17.png" },
  ]);
  assert.deepEqual((await findImages(made.explored, new Map(), "#36", 5)).images, []);
});

Deno.test("findImages() finds values by themselves and by their column, as conditions", async () => {
  const { status, body } = await made.get("/api/find?text=colour&limit=2");
  assert.equal(status, 200);
  const found: FoundAnswer = body;
  assert.deepEqual(found.values, [
    { column: "colour", value: "0", images: 12, where: "colour=0" },
    { column: "colour", value: "1", images: 12, where: "colour=1" },
  ]);
  const [value] = (await findImages(made.explored, countValues(made.explored), "train", 5)).values;
  assert.deepEqual(value, { column: "split", value: "train", images: 18, where: "split=train" });
});

Deno.test("countValues() and conditions hold odd values, which the search takes back", async () => {
  const columns = new Map([["a=b", [["x, y"], ['"quoted"'], [" blank"]]]]);
  const explored = { ...made.explored, columns } as unknown as Explored;
  for (const sought of ["x, y", "quoted", "blank"]) {
    const { values } = await findImages(named([]), countValues(explored), sought, 5);
    const { parseCondition, whereOf } = await import("../../src/search/where.ts");
    const meets = whereOf([parseCondition(values[0].where)], columns);
    assert.deepEqual(
      [0, 1, 2].map(meets),
      columns.get("a=b")!.map(([value]) => value.includes(sought)),
    );
  }
});

Deno.test("findRoutes() lists images evenly over those that meet conditions", async () => {
  const { body } = await made.get("/api/images?where=colour=1&count=4");
  assert.equal(body.total, 12);
  assert.deepEqual(body.images.map(({ index }: ImageInfo) => index), [4, 13, 22, 31]);
  assert.deepEqual(body.images[0].values, ["1", "1"]);
  const all = await made.get("/api/images?count=500");
  assert.equal(all.body.images.length, 36);
});

Deno.test("findRoutes() refuses what cannot be found", async () => {
  for (
    const path of ["find?text=", "find?text=a&limit=0", "images?count=x", "images?where=taste=1"]
  ) {
    const { status, body } = await made.get(`/api/${path}`);
    assert.equal(status, 422, path);
    assert.match(body.error, /^Cannot /, path);
  }
});
