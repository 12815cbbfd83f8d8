import assert from "node:assert/strict";
import { describeRule } from "../../../../src/sets/make/notions/rule.ts";

Deno.test("describeRule() escapes what would break a line or move the terminal's cursor", () => {
  assert.equal(
    describeRule({ type: "ordinal", order: ["a\u001b[2J", "b\nc"], alike: 0, unlike: 1 }),
    "a\\u001b[2J < b\\nc; alike: at most 0 steps apart, unlike: from 1",
  );
  assert.equal(
    describeRule({ type: "multi", separator: "\t" }),
    'alike: a value shared, unlike: none shared, separated by "\\t"',
  );
});
