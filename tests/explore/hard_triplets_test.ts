/** Triplets in the wrong order, over HTTP, held against distances of the model. */
import assert from "node:assert/strict";
import type { HardTriplets } from "../../src/explore/protocol.ts";
import { MeasuredLists, measureTriplets, mostWorst } from "../../src/explore/hard_triplets.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { dirname, join } from "../../src/files/paths.ts";
import type { Model } from "../../src/model/model.ts";
import { readTripletList, tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { openExplored } from "../../src/explore/explored.ts";
import { tripletRoutes } from "../../src/explore/routes/triplets.ts";
import { type ExploreCase, exploreCase } from "../helpers/explore_case.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

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

Deno.test("measureTriplets() knows of a long list the worst, equally bad ones as they are listed", async () => {
  const { explored, folder } = await withLongList();
  await using _folder = folder;
  const { model, embeddings, set } = explored;
  const { total, wrong, worst } = await measureTriplets(explored, "shape", "train");
  assert.equal(total, longList);
  const path = tripletListPath(set!.folder, { notion: "shape", split: "train" });
  const list = await readTripletList(path, 36);
  const to = (anchor: number, other: number) =>
    model.distance(embeddings.at(anchor), embeddings.at(other), { notion: "shape" });
  // Distances of each pair, once.
  const pairs = Array.from(
    { length: 36 },
    (_, a) => Array.from({ length: 36 }, (_, b) => to(a, b)),
  );
  const by = Array.from(
    { length: longList },
    (_, place) =>
      pairs[list[3 * place]][list[3 * place + 2]] -
      pairs[list[3 * place]][list[3 * place + 1]],
  );
  const places = [...by.keys()].filter((place) => by[place] >= 0)
    .sort((a, b) => by[b] - by[a] || a - b);
  assert.equal(wrong, places.length);
  assert.ok(wrong > mostWorst);
  assert.deepEqual(worst.map(({ place }) => place), places.slice(0, mostWorst));
});

Deno.test("measureTriplets() lets others be answered while it measures", async () => {
  const { explored, folder } = await withLongList();
  await using _folder = folder;
  const events: string[] = [];
  const model = {
    // It is asked for when the list was read and what takes long begins.
    mask: (notion: string) => {
      fetch(`${made.origin}/api/alive`).then(async (answer) => {
        await answer.body?.cancel();
        events.push("answered");
      });
      return explored.model.mask(notion);
    },
  } as unknown as Model;
  await measureTriplets({ ...explored, model }, "shape", "train");
  events.push("measured");
  assert.equal(events[0], "answered");
});

/** Triplets of a list that takes many times as long to measure as the event loop may be held up. */
const longList = 400_000;

/** The set with a long list. */
async function withLongList() {
  const folder = await TemporaryFolder.make();
  const path = tripletListPath(folder.path, { notion: "shape", split: "train" });
  await Deno.mkdir(dirname(path));
  const flat = Uint32Array.from({ length: 3 * longList }, (_, i) => randomUint32(1, 2, i) % 36);
  await writeTripletList(path, flat);
  const { model, embeddings, set } = made.explored;
  const explored = { model, embeddings, set: { ...set!, folder: folder.path } };
  return { explored, folder };
}

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
  const explored = await openExplored(made.service.model, { among });
  const [route] = tripletRoutes(explored, new MeasuredLists(explored));
  const query = new URLSearchParams({ notion: "shape", split: "test" });
  await assert.rejects(async () => await route.answer({ query } as never), {
    name: "RequestError",
    message: "There are no triplets: what is explored is no image set",
  });
});
