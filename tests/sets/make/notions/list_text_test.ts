import assert from "node:assert/strict";
import fc from "fast-check";
import {
  looksPrinted,
  parsePrintedList,
  splitText,
} from "../../../../src/sets/make/notions/list_text.ts";

Deno.test("splitText() parts at a separator, but not at the end of an HTML entity", () => {
  assert.deepEqual(splitText(" a; b;;c ", ";"), ["a", "b", "c"]);
  assert.deepEqual(splitText("Caf&eacute;s;R&amp;B; a&#39;b;&#x2F;", ";"), [
    "Caf&eacute;s",
    "R&amp;B",
    "a&#39;b",
    "&#x2F;",
  ]);
  assert.deepEqual(splitText("M&Ms; Mars;R&B; x", ";"), ["M&Ms", "Mars", "R&B", "x"]);
  assert.deepEqual(splitText("a&amp;b|c", "|"), ["a&amp;b", "c"]);
});

Deno.test("parsePrintedList() reads what programs print, and nothing else", () => {
  const lists: [string, string[]][] = [
    ["['a', 'b']", ["a", "b"]],
    [`["it's", 'b"c', 'd\\'e']`, ["it's", 'b"c', "d'e"]],
    ["[1, -2.5, True, None]", ["1", "-2.5", "True"]],
    ["('a',)", ["a"]],
    ["['a' 'b'\n 'c']", ["a", "b", "c"]],
    ['{a,b c,"d,e"}', ["a", "b c", "d,e"]],
    ["[]", []],
    ["set()", []],
    ['["caf\\u00e9"]', ["caf\u00e9"]],
  ];
  for (const [text, values] of lists) assert.deepEqual(parsePrintedList(text), values, text);
  const others = [
    "a",
    "['a', ...]",
    "[a, b]",
    "['a''b']",
    "['a'",
    '{"a": 1}',
    "(a, b)",
    "['a',, 'b']",
  ];
  for (const text of others) assert.equal(parsePrintedList(text), null, text);
  assert.ok(looksPrinted("[a, b]") && looksPrinted("['a', ...]") && !looksPrinted("(other)"));
});

Deno.test("parsePrintedList() gives back every list of texts that JSON prints", () => {
  const text = fc.string({ unit: "grapheme" }).map((one) => one.trim()).filter((one) => one !== "");
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      assert.deepEqual(parsePrintedList(JSON.stringify(texts)), texts);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
