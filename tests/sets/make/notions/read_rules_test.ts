import assert from "node:assert/strict";
import { checkRules, readRules } from "../../../../src/sets/make/notions/read_rules.ts";
import { CsnError } from "../../../../src/base/errors.ts";
import { join } from "../../../../src/files/paths.ts";
import { TemporaryFolder } from "../../../helpers/temporary_folder.ts";

Deno.test("readRules() reads the rules of every type", async () => {
  const rules = {
    a: { type: "categorical", name: "shape" },
    b: { type: "multi", separator: "," },
    c: { type: "ordinal", order: ["flat", "low", "high"], alike: 0, unlike: 2 },
    d: { type: "numeric", quantiles: 4, alike: 0, unlike: 2 },
    e: {},
  };
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "rules.json");
  await Deno.writeTextFile(file, JSON.stringify(rules));
  assert.deepEqual(await readRules(file), rules);
});

const bad: readonly [rules: unknown, wrong: RegExp][] = [
  [[], /r\.json: they are no JSON object/],
  [{ heel: 3 }, /r\.json: column "heel": the rule is 3; it should be an object/],
  [{ heel: { tpye: "multi" } }, /column "heel": there is no field "tpye"; fields are type, /],
  [{ heel: { type: "number" } }, /"type" is "number"; it should be "categorical", "multi"/],
  [{ heel: { separator: "" } }, /"separator" is ""; it should be a text such as ";"/],
  [{ heel: { order: ["a", "a"] } }, /"order" is \["a","a"\]; .* different texts/],
  [{ heel: { order: ["a"] } }, /"order" is \["a"\]/],
  [{ heel: { alike: -1 } }, /"alike" is -1; it should be a number of at least 0/],
  [{ heel: { quantiles: 1 } }, /"quantiles" is 1; it should be a whole number from 2 on/],
  [{ heel: { alike: 2, unlike: 2 } }, /"unlike" is 2 and "alike" 2; unlike must be the larger one/],
  [
    { heel: { type: "categorical", unlike: 2 } },
    /"unlike" has no meaning for the type "categorical"/,
  ],
];

for (const [rules, wrong] of bad) {
  Deno.test(`checkRules() refuses ${JSON.stringify(rules)}`, () => {
    assert.throws(() => checkRules(rules, "r.json"), (error: unknown) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, wrong);
      return true;
    });
  });
}

Deno.test("readRules() names the file that is missing or no JSON", async () => {
  await assert.rejects(readRules("/nowhere/r.json"), /\/nowhere\/r\.json: there is no such file/);
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "r.json");
  await Deno.writeTextFile(file, "{");
  await assert.rejects(readRules(file), /Cannot read the rules .*r\.json: /);
});
