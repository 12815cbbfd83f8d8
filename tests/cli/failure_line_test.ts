import assert from "node:assert/strict";
import { CsnError } from "../../src/base/errors.ts";
import { failureLine } from "../../src/cli/failure_line.ts";

Deno.test("failureLine() says that no more files can be opened, wherever that was", () => {
  const tooMany = "Too many open files (os error 24)";
  for (const message of [`${tooMany}: readdir '/a'`, "EMFILE: too many open files, open '/a'"]) {
    assert.equal(
      failureLine(new Error(message), false),
      `error: Cannot open one more file: ${message}; raise the limit on open files (ulimit -n), and run it again`,
    );
  }
});

Deno.test("failureLine() calls unexpected what csn has no words for, and nothing else", () => {
  assert.equal(
    failureLine(new Error("x is undefined"), false),
    "error: x is undefined (unexpected; --verbose shows where)",
  );
  assert.equal(failureLine(new CsnError("Cannot: so"), false), "error: Cannot: so");
});
