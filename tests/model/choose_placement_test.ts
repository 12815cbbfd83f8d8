import assert from "node:assert/strict";
import { describeLibrary, hasFastBf16 } from "../../src/native/library.ts";
import { choosePlacement } from "../../src/model/choose_placement.ts";
import { start } from "../../src/native/start.ts";

Deno.test("choosePlacement() takes float32 on the CPU when nothing is asked for", async () => {
  await start();
  assert.deepEqual(choosePlacement({ device: "cpu" }), { device: "cpu", precision: "float32" });
});

Deno.test("choosePlacement() warns of bf16 where the processor lacks it, and only there", async () => {
  await start();
  const warnings: string[] = [];
  const listener = { warning: (text: string) => void warnings.push(text) };
  const placement = choosePlacement({ device: "cpu", precision: "bf16" }, listener);
  assert.equal(placement.precision, "bf16");
  assert.equal(warnings.length, hasFastBf16(describeLibrary()) ? 0 : 1);
});

Deno.test("choosePlacement() says what is right for a device that is none or is not there", async () => {
  await start();
  assert.throws(() => choosePlacement({ device: "gpu" }), /a device is auto, cpu, cuda or cuda:N/);
  assert.throws(
    () => choosePlacement({ device: "cuda:99" }),
    /Cannot compute on cuda:99: .*`device: "cpu"`/,
  );
});
