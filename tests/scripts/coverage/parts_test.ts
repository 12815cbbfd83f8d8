import assert from "node:assert/strict";
import { onlyOf, partsOf } from "../../../scripts/coverage/parts.ts";

const namesOf = (texts: readonly string[]) =>
  onlyOf(partsOf(), texts).map(({ title, settings }) => ({
    title,
    rows: settings.flatMap(({ labels }) => labels.map(([name]) => name)),
  }));

Deno.test("onlyOf() has the rows that have a text in their name, with those of the same worlds", () => {
  assert.deepEqual(namesOf(["45 images of 10 kinds, signal 0.3, R@10"]), [{
    title: "Retrieval and order",
    rows: Array(3).fill("45 images of 10 kinds, signal 0.3"),
  }]);
});

Deno.test("onlyOf() has a whole table by its title, and leaves out what has no row", () => {
  const all = partsOf();
  const groups = all.find(({ title }) => title === "With groups")!;
  assert.deepEqual(onlyOf(all, ["with GROUPS", "nothing like it"]), [groups]);
  assert.deepEqual(onlyOf(all, ["nothing like it"]), []);
});

Deno.test("partsOf() tries the triplets of a set where one is given", () => {
  const graph = { triplets: Uint32Array.of(0, 1, 2, 2, 1, 0), groups: Uint32Array.of(0, 1, 1) };
  const parts = partsOf({ name: "small", graphs: [{ name: "shape", graph }] });
  const { settings } = parts.find(({ title }) => title === "The test triplets of small")!;
  assert.equal(settings[0].labels[0][0], "shape: 2 groups, 2 triplets, error 10 %");
  assert.equal(parts.length, partsOf().length + 1);
});
