import assert from "node:assert/strict";
import { assertNotionNames, assertTrainableNames } from "../../src/sets/notion_names.ts";

const refused: readonly [names: string[], wrong: RegExp][] = [
  [["a", "all"], /called "all", as the row of all notions/],
  [["ALL"], /called "ALL"/],
  [["Heel", "heel"], /"Heel" and "heel" differ only in case/],
  [["gr\u00f6\u00dfe", "gro\u0308\u00dfe"], /differ only in Unicode form/],
  [["stra\u00dfe", "STRASSE"], /differ only in case/],
  [["nul.x"], /a device on Windows/],
];

for (const [names, wrong] of refused) {
  Deno.test(`assertNotionNames() refuses ${JSON.stringify(names)}`, () => {
    assert.throws(() => assertNotionNames(names, "Cannot", "rename it"), wrong);
  });
}

Deno.test("assertNotionNames() takes names that differ", () => {
  assertNotionNames(["colour", "colours", "console", "heel", "allure"], "Cannot", "");
});

Deno.test("assertTrainableNames() says which set has to change, and where", () => {
  const set = { name: "mine", folder: "/data/mine" };
  assert.throws(
    () => assertTrainableNames(set, ["x", "all"]),
    /Cannot train on the image set mine: .* rename it in \/data\/mine\/set\.json/,
  );
});
