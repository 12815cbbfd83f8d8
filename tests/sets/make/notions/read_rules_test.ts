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

async function read(bytes: string | Uint8Array): Promise<unknown> {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "rules.json");
  await Deno.writeFile(file, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  return await readRules(file);
}

Deno.test("readRules() reads files with a byte order mark, as Windows writes them", async () => {
  const text = '\ufeff{"heel": {"type": "multi"}}';
  const utf16 = new Uint8Array(Uint16Array.from(text, (unit) => unit.charCodeAt(0)).buffer);
  for (const bytes of [text, utf16]) {
    assert.deepEqual(await read(bytes), { heel: { type: "multi" } });
  }
});

Deno.test("readRules() refuses a name that stands twice, of which JSON keeps the last", async () => {
  const twice = '{"a": {"name": "b"}, "b": {}, "\\u0061" : {"type": "multi"}}';
  await assert.rejects(read(twice), /rules\.json: "a" stands twice in one object; keep one/);
  await assert.rejects(
    read('{"a": {"alike": 1, "unlike": 2, "alike": 0}}'),
    /"alike" stands twice/,
  );
  // As a value a text may come again.
  const order = { order: ["a:", "a", "{"], name: "a" };
  assert.deepEqual(await read(JSON.stringify({ a: order, b: order })), { a: order, b: order });
});

Deno.test("readRules() says that JSON has no comments", async () => {
  await assert.rejects(read("// heels\n{}"), /it is no JSON \(.*\), which has no comments/);
});
