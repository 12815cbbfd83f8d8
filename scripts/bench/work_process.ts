/**
 * csn's work in a process of its own, whose memory is measured or whose settings are its own:
 * `work_process.ts JSON` prints a line when it is ready, and then answers lines {"steps": n} as step_speed.py
 * does, or {"images": n} as embed_speed.py does.
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { start } from "../../src/native/start.ts";
import { embedSeconds } from "./embed.ts";
import { benchNetwork, type BenchOptions, packImages, randomPack, stepSetting } from "./setting.ts";
import { csnSeconds } from "./step.ts";
import type { WorkOptions } from "./work_partner.ts";

const options: BenchOptions & WorkOptions = JSON.parse(Deno.args[0]);
await start({ threads: options.threads });
using made = new DisposableStack();
const seconds = options.work === "train" ? training() : embedding();
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ seconds: await seconds(JSON.parse(line)) }));
}

function training(): (request: { readonly steps: number }) => Promise<number> {
  const setting = stepSetting(options.size, options, made);
  return ({ steps }) => csnSeconds(setting, steps, options);
}

function embedding(): (request: { readonly images: number }) => Promise<number> {
  const network = made.use(benchNetwork(options));
  const pack = made.use(randomPack(packImages, options.size, options));
  return ({ images }) => embedSeconds(network, pack, images);
}
