import assert from "node:assert/strict";
import { findingsIn } from "../../../scripts/soak/sanitizers_part.ts";

Deno.test("findingsIn() finds what each sanitizer reports, once, and tests that fail", () => {
  const log = `ok | 3 passed
call.cpp:12:3: runtime error: signed integer overflow
SUMMARY: AddressSanitizer: heap-use-after-free call.cpp:3 in f
SUMMARY: AddressSanitizer: heap-use-after-free call.cpp:3 in f
SUMMARY: ThreadSanitizer: data race handles.cpp:5 in g
`;
  assert.deepEqual(findingsIn(log, "1 failed"), [
    "call.cpp:12:3: runtime error: signed integer overflow",
    "SUMMARY: AddressSanitizer: heap-use-after-free call.cpp:3 in f",
    "SUMMARY: ThreadSanitizer: data race handles.cpp:5 in g",
  ]);
  assert.deepEqual(findingsIn("ok | 3 passed", null), []);
  assert.deepEqual(findingsIn("", "killed"), ["the tests fail: killed"]);
});
