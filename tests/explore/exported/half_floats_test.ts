import assert from "node:assert/strict";
import { fromHalves } from "../../../src/explore/exported/half_floats.ts";

Deno.test("fromHalves() reads each of the 65,536 halves as Float16Array does", () => {
  const halves = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);
  const exact = new Float16Array(halves.buffer);
  const wrong = fromHalves(halves).findIndex((value, i) => !Object.is(value, exact[i]));
  assert.equal(wrong, -1);
});
