import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../src/base/errors.ts";
import { parseWeights } from "../../src/search/parse_weights.ts";

Deno.test("parseWeights() reads names with weights, which are 1 where they are left out", () => {
  assert.deepEqual(parseWeights("heel=0.7,colour=0.3"), { heel: 0.7, colour: 0.3 });
  assert.deepEqual(parseWeights(" heel , heel height = 2e1 "), { heel: 1, "heel height": 20 });
  assert.deepEqual(parseWeights('"heel, in cm"=0.7,"a=b"'), { "heel, in cm": 0.7, "a=b": 1 });
});

Deno.test("parseWeights() reads every name that JSON writes", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
    fc.pre(a !== b);
    const text = `${JSON.stringify(a)}=0.5, ${JSON.stringify(b)}`;
    assert.deepEqual(Object.entries(parseWeights(text)).sort(), [[a, 0.5], [b, 1]].sort());
  }));
});

Deno.test("parseWeights() refuses what is no weight of a notion", () => {
  const refuses = (text: string, message: RegExp) =>
    assert.throws(() => parseWeights(text, "like"), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  refuses("", /Cannot read `like` "": a notion is missing; write notions with weights, such as/);
  refuses("heel=1,", /a notion is missing/);
  refuses("=1", /a notion is missing/);
  refuses('"heel', /a notion is missing/);
  for (const weight of ["", "x", "-1", "Infinity", "1 2"]) {
    refuses(`heel=${weight}`, /the weight of "heel" is no finite number of 0 or more/);
  }
  refuses("a=b=1", /the weight of "a" is no finite number/);
  refuses("heel=1,heel=2", /"heel" is named twice/);
});
