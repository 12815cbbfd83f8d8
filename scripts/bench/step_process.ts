/**
 * Training steps of csn in a process of their own, whose memory is measured: `step_process.ts JSON`
 * prints a line when it is ready, and then answers lines {"steps": n} as step_speed.py does.
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { start } from "../../src/native/start.ts";
import { type BenchOptions, stepSetting } from "./setting.ts";
import { csnSeconds } from "./step.ts";

const options: BenchOptions & { readonly size: number } = JSON.parse(Deno.args[0]);
await start({ threads: options.threads });
using made = new DisposableStack();
const setting = stepSetting(options.size, options, made);
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const seconds = await csnSeconds(setting, JSON.parse(line).steps, options);
  console.log(JSON.stringify({ seconds }));
}
