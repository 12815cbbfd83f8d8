import assert from "node:assert/strict";
import { ratesOf } from "../../../scripts/bench/page_speed.ts";

Deno.test("ratesOf() counts frames in half seconds, without the first and without a rest", () => {
  // 50 frames a second for 1 s, then 20 for 1.2 s.
  const times = [
    ...Array.from({ length: 50 }, (_, i) => 1000 + 20 * i),
    ...Array.from({ length: 25 }, (_, i) => 2000 + 50 * i),
  ];
  assert.deepEqual(ratesOf(times), [50, 20, 20]);
});
