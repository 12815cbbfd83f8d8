import assert from "node:assert/strict";
import { CsnError, messageOf, shown } from "../../src/base/errors.ts";

Deno.test("CsnError escapes control characters and leaves the middle of a long message out", () => {
  assert.equal(new CsnError("a\r\u0000\u001b[2Jb").message, "a\\r\\u0000\\u001b[2Jb");
  assert.equal(new CsnError("a\u007f").message, "a\\u007f");
  const { message } = new CsnError(`Cannot read "${"x".repeat(20_000)}"; write it again`);
  assert.ok(message.length <= 4000);
  assert.match(message, /^Cannot read "x+ \[\.\.\.\] x+"; write it again$/);
});

Deno.test("messageOf() is one line, whatever a library says", () => {
  assert.equal(messageOf(new Error("Unexpected token '\n'\n")), "Unexpected token '\\n'\\n");
  assert.equal(messageOf("text"), "text");
});

Deno.test("shown() gives any value as short JSON", () => {
  assert.equal(shown("a\nb"), '"a\\nb"');
  assert.equal(shown(undefined), "undefined");
  assert.equal(shown({ id: 2n ** 60n }), '{"id":"1152921504606846976"}');
  assert.equal(shown("x".repeat(100)).length, 83);
});
