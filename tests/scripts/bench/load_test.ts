import assert from "node:assert/strict";
import { measureLoad } from "../../../scripts/bench/load.ts";

Deno.test("measureLoad() has so many clients ask at once, and each request is asked once", async () => {
  let atOnce = 0;
  let most = 0;
  const asked: number[] = [];
  await measureLoad(async (request) => {
    most = Math.max(most, ++atOnce);
    asked.push(request);
    await Promise.resolve();
    atOnce--;
  }, { clients: 4, requests: 30 });
  assert.deepEqual([most, atOnce], [4, 0]);
  assert.deepEqual(asked, Array.from({ length: 30 }, (_, request) => request));
});

Deno.test("measureLoad() gives requests a second, and the times within which 50 and 99 % are answered", async () => {
  let time = 0;
  // Request i takes i + 1 milliseconds; 200 of them take 20,100.
  const load = await measureLoad((request) => {
    time += request + 1;
    return Promise.resolve();
  }, { clients: 1, requests: 200, now: () => time });
  assert.deepEqual(load, { rate: 200 / 20.1, p50: 100, p99: 198 });
});

Deno.test("measureLoad() fails with a request that fails", async () => {
  const ask = (request: number) =>
    request === 7 ? Promise.reject(new Error("no")) : Promise.resolve();
  await assert.rejects(measureLoad(ask, { clients: 3, requests: 20 }), /^Error: no$/);
});
