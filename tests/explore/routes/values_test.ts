/** Values that people give over HTTP, and what they teach. */
import assert from "node:assert/strict";
import { join } from "../../../src/files/paths.ts";
import { Model } from "../../../src/model/model.ts";
import { ValuesFile } from "../../../src/teach/values_file.ts";
import { type ExploreCase, exploreCase } from "../../helpers/explore_case.ts";

let made: ExploreCase;

Deno.test.beforeAll(async () => {
  made = await exploreCase();
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

const asked = { notion: "heel", by: "Ann", tab: "a" };
const at = (second: number) => `2026-11-28T12:00:0${second}.000Z`;

function send(path: string, body: unknown) {
  return made.post(`/api/${path}`, body, { headers: { authorization: `Bearer ${made.token}` } });
}

/** Sends what must be answered, and returns the answer. */
async function answered(path: string, body: unknown) {
  const { status, body: answer } = await send(path, body);
  assert.equal(status, 200, JSON.stringify(answer));
  return answer;
}

function pathOf(notion: string): string {
  return join(made.service.set, `values_${notion}.csv`);
}

async function valuesOf(notion: string) {
  const { names } = made.explored.embeddings;
  return (await ValuesFile.open(pathOf(notion), { notion, names })).values;
}

Deno.test("valueRoutes() asks each tab about another image, until it has a value", async () => {
  const first = await answered("values/next", asked);
  const same = await answered("values/next", asked);
  assert.equal(same.image.index, first.image.index);
  const other = await answered("values/next", { ...asked, tab: "b", by: "Bo" });
  assert.notEqual(other.image.index, first.image.index);
  const given = { ...asked, images: [first.image.index], value: " flat ", at: at(0) };
  const next = await answered("values/give", given);
  assert.notEqual(next.image.index, first.image.index);
  assert.notEqual(next.image.index, other.image.index);
  const { example, ...value } = next.values[0];
  assert.deepEqual(value, { value: "flat", images: 1 });
  assert.equal(example.index, first.image.index);
  assert.deepEqual([next.images, next.isOwn, next.annotators, next.disputed], [1, true, 1, 0]);
  // Sent again, because the reply was lost.
  assert.equal((await answered("values/give", given)).image.index, next.image.index);
  assert.deepEqual((await valuesOf("heel")).map(({ value, by, at }) => [value, by, at]), [
    ["flat", "Ann", at(0)],
  ]);
});

Deno.test("valueRoutes() asks about a skipped image last, and about none when all have a value", async () => {
  const skipping = { ...asked, notion: "skipped" };
  const { image } = await answered("values/next", skipping);
  const next = await answered("values/skip", { ...skipping, image: image.index });
  assert.notEqual(next.image.index, image.index);
  const images = [...made.explored.embeddings.names.keys()].filter((each) => each !== image.index);
  const last = await answered("values/give", { ...skipping, images, value: "x", at: at(0) });
  assert.equal(last.image.index, image.index);
  const one = { ...skipping, images: [image.index], value: "y", at: at(1) };
  assert.equal((await answered("values/give", one)).image, null);
});

Deno.test("valueRoutes() takes back what was given at once, and asks about it again", async () => {
  const taking = { ...asked, notion: "taken" };
  await answered("values/give", { ...taking, images: [3], value: "a", at: at(0) });
  await answered("values/give", { ...taking, images: [4, 5, 6], value: "b", at: at(1) });
  await answered("values/give", { ...taking, by: "Bo", images: [7], value: "b", at: at(2) });
  const back = await answered("values/undo", { ...taking, given: null });
  assert.deepEqual([back.images, back.image.index], [2, 4]);
  const again = { ...taking, given: { images: [4, 5, 6], at: at(1) } };
  assert.deepEqual((await answered("values/undo", again)).images, 2);
  assert.equal((await answered("values/undo", { ...taking, given: null })).images, 1);
  const nothing = await send("values/undo", { ...taking, given: null });
  assert.equal(nothing.status, 409);
  assert.match(
    nothing.body.error,
    /^There is nothing to take back: Ann has given no value of taken/,
  );
});

Deno.test("valueRoutes() counts images that people gave different values", async () => {
  const both = { ...asked, notion: "both" };
  await answered("values/give", { ...both, images: [1, 2], value: "a", at: at(0) });
  const other = { ...both, by: "Bo", images: [2], value: "b", at: at(1) };
  const { disputed, annotators, values } = await answered("values/give", other);
  assert.deepEqual([disputed, annotators], [1, 2]);
  assert.deepEqual(values.map(({ value }: { value: string }) => value), ["a", "b"]);
});

Deno.test("valueRoutes() writes only with the token, and what makes sense", async () => {
  const given = { ...asked, images: [1], value: "flat", at: at(0) };
  for (const path of ["next", "give", "skip", "undo"]) {
    assert.equal((await made.post(`/api/values/${path}`, given)).status, 401, path);
  }
  const refused = async (path: string, change: object, message: RegExp) => {
    const { status, body } = await send(`values/${path}`, { ...given, ...change });
    assert.equal(status, 422);
    assert.match(body.error, message);
  };
  await refused("give", { notion: "../x" }, /^Cannot call a notion/);
  await refused("give", { notion: "file" }, /the list has a column of that name/);
  await refused("give", { images: [36] }, /as `images`: it must be a whole number from 0 to 35$/);
  await refused("give", { images: [] }, /it must be a list of 1 to/);
  await refused("give", { value: " " }, /it must be a text of 1 to 200 letters$/);
  await refused("give", { value: "a\nb" }, /holds a line end or another control character/);
  await refused("give", { at: "now" }, /it must be a time$/);
  await refused("skip", { image: -1 }, /as `image`/);
});

Deno.test("labelRoutes() lists values that were begun, and columns that are no notion of the model", async () => {
  const { body } = await made.get("/api/label");
  const heel = body.notions.find(({ name }: { name: string }) => name === "heel");
  assert.deepEqual(heel, { name: "heel", answers: 0, values: 1 });
  assert.deepEqual(body.columns, [{ name: "size", images: 35 }, { name: "tags", images: 36 }]);
});

Deno.test("teachRoutes() teaches from values what add-notion reads from their list, and from a column", async () => {
  const { embeddings } = made.explored;
  const rows = [...embeddings.names.keys()]
    .sort((a, b) => embeddings.at(a)[1] - embeddings.at(b)[1]);
  const [low, high] = [rows.slice(0, 18), rows.slice(18)];
  const tint = { ...asked, notion: "tint" };
  const few = await send("teach", { notion: "tint", from: "values" });
  assert.equal(few.status, 422);
  assert.match(few.body.error, /^Cannot fit a notion to the values of 0 images/);
  await answered("values/give", { ...tint, images: low, value: "low", at: at(0) });
  await answered("values/give", { ...tint, images: high, value: "high", at: at(1) });
  const taught = await answered("teach", { notion: "tint", from: "values" });
  assert.deepEqual([taught.notion, taught.from, taught.images], ["tint", "values", 36]);
  const column = await answered("teach", { notion: "tags", from: "column", column: "tags" });
  assert.deepEqual([column.from, column.images], ["values", 36]);
  // What the model knows already is no column to be taught from.
  for (const wrong of ["shape", "split", "nothing", 3]) {
    const { status, body } = await send("teach", { notion: "x", from: "column", column: wrong });
    assert.equal(status, 422);
    assert.match(body.error, /as `column`: it must be one of size, tags$/);
  }
  assert.equal((await send("teach", { notion: "x", from: "hearsay" })).status, 422);
  const kept = await answered("teach/keep", {
    ...{ notion: "tags", from: "column", column: "tags" },
    ...{ name: "labels", file: "with_labels", anyway: true },
  });
  using model = await Model.load(join(made.service.set, "with_labels.safetensors"));
  assert.equal(kept.name, "labels");
  assert.deepEqual(model.notions, ["shape", "colour", "labels"]);
  assert.deepEqual(model.mask("labels"), made.explored.taught.maskOf("tags"));
});
