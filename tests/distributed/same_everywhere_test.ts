import assert from "node:assert/strict";
import { deviceFacts, differences } from "../../src/distributed/same_everywhere.ts";
import { settingFacts } from "../../src/training/shared_state.ts";

Deno.test("deviceFacts() tells processors from GPUs, but not one GPU from another", () => {
  const [cpu, first, second] = ["cpu", "cuda:0", "cuda:1"].map(deviceFacts);
  assert.deepEqual(differences([first, second]), []);
  assert.deepEqual(differences([first, cpu]), [
    "rank 1 differs from rank 0 in the kind of device (cpu, not cuda)",
  ]);
});

Deno.test("settingFacts() has the kind of device, where there is one", () => {
  const [cpu, gpu] = ["cpu", "cuda:1"].map((device) => settingFacts({ device }));
  assert.equal(differences([cpu, gpu]).length, 1);
  assert.deepEqual(Object.keys(settingFacts({})), ["`exclude`"]);
});
