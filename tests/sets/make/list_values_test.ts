/** Cells that hold lists of values. */
import assert from "node:assert/strict";
import { join } from "../../../src/files/paths.ts";
import { made, madeOfCells, valuesOf } from "../../helpers/made_table.ts";

Deno.test("makeTriplets() keeps the borders of list values that hold a separator", async () => {
  const tags = [["AT&T; Inc", "x"], ["Tops; Tees"], ["Shirts; Tees"], ["y"], ["x|y", "y"]];
  await made((i) => ({ tags: tags[i % 5] }), { notions: ["tags"] }, ({ values, rules, set }) => {
    assert.equal(rules.tags.separator, ",");
    assert.deepEqual(values.attributes.get("tags")!.values.slice(0, 5), tags);
    assert.match(Deno.readTextFileSync(join(set, "attributes.csv")), /^0\.jpg,"AT&T; Inc,x",/m);
  });
});

Deno.test("makeTriplets() refuses list values that hold every separator", async () => {
  const wild = ";|,/\t\u001f";
  await assert.rejects(
    made((i) => ({ tags: [wild, "abc"[i % 3]] }), { notions: ["tags"] }),
    /Cannot keep the lists of column "tags": their values hold every separator/,
  );
});

Deno.test("makeTriplets() takes a text beside lists as one value, and asks where it holds a separator", async () => {
  const rows = (i: number) => ({ tags: i % 3 === 0 ? ["a", "b"] : i % 3 === 1 ? "b;c" : "c" });
  await assert.rejects(made(rows, { notions: ["tags"] }), /50 are texts such as "b;c"/);
  await made(rows, { rules: { tags: { type: "multi", separator: ";" } } }, (made) => {
    assert.deepEqual(valuesOf(made), { a: 50, b: 100, c: 100 });
  });
});

Deno.test("makeTriplets() makes no list of HTML entities, and parts lists that hold some", async () => {
  const cats = ["Tops &amp; Tees", "Shirts &amp; Tees", "Hats", "Caps"];
  await madeOfCells("cat", (i) => cats[i % 4], {}, (made) => {
    assert.equal(made.report.notions[0].rule.type, "categorical");
    assert.deepEqual(Object.keys(valuesOf(made)).sort(), cats.toSorted());
  });
  const lists = ["Tops &amp; Tees;Hats", "Hats;Caps", "Tops &amp; Tees;Caps", "Socks"];
  await madeOfCells("cat", (i) => lists[i % 4], {}, async (first) => {
    assert.deepEqual(valuesOf(first), {
      Caps: 75,
      Hats: 76,
      Socks: 37,
      "Tops &amp; Tees": 75,
    });
    assert.deepEqual([first.rules.cat.separator, first.rules.cat.tableSeparator], ["|", ";"]);
    // The rules that are stored make the same set again.
    const { cat } = first.rules;
    await madeOfCells("cat", (i) => lists[i % 4], { rules: { cat } }, async (again) => {
      const text = (set: string) => Deno.readTextFile(join(set, "attributes.csv"));
      assert.equal(await text(again.set), await text(first.set));
      assert.deepEqual(again.rules, first.rules);
    });
  });
});

for (
  const [what, print] of [
    ["Python", (a: string, b: string) => `"['${a}', '${b}']"`],
    ["JSON", (a: string, b: string) => `"[""${a}"",""${b}""]"`],
    ["NumPy", (a: string, b: string) => `['${a}' '${b}']`],
    ["a Python set", (a: string, b: string) => `"{'${a}', '${b}'}"`],
    ["PostgreSQL", (a: string, b: string) => `"{${a},${b}}"`],
  ] as const
) {
  Deno.test(`makeTriplets() reads lists as ${what} prints them`, async () => {
    const cell = (i: number) => print(["round", "long"][i % 2], ["red", "blue", "tan"][i % 3]);
    await madeOfCells("tags", cell, {}, (made) => {
      assert.equal(made.report.notions[0].rule.type, "multi");
      assert.deepEqual(valuesOf(made), { long: 75, round: 75, blue: 50, red: 50, tan: 50 });
    });
  });
}
