import assert from "node:assert/strict";
import { systemRefusal } from "../../src/cli/system_refusal.ts";

Deno.test("systemRefusal() says what the system refuses, and knows no fault of csn's", async () => {
  // As Deno's errors are, by what they hold; these need a disk that is full.
  const full = Object.assign(new Error("No space left on device (os error 28): mkdir 'a'"), {
    code: "ENOSPC",
  });
  assert.match(
    systemRefusal(full)!,
    /^Cannot go on: No space left on device.*'a'; free some disk space, or check the disk and/,
  );
  const missing = await Deno.readTextFile("no/such/file").catch((error) => error);
  assert.equal(missing.code, "ENOENT");
  assert.equal(systemRefusal(missing), null);
  assert.equal(systemRefusal(new TypeError("x is not a function")), null);
});
