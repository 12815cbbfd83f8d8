/**
 * A service in a process of its own: `serve_process.ts {"folder", "batch", "threads", "placement"}`
 * prints a line when it serves and answers each line with {"url"}.
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { join } from "../../src/files/paths.ts";
import { Model } from "../../src/model/model.ts";
import { start } from "../../src/native/start.ts";
import { openGallery } from "../../src/service/gallery.ts";
import { serveModel } from "../../src/service/serve_model.ts";

const { folder, batch, threads, placement } = JSON.parse(Deno.args[0]);
await start({ threads });
using model = await Model.load(join(folder, "model.safetensors"), placement);
const gallery = await openGallery(model, join(folder, "searched.safetensors"));
await using served = serveModel(model, gallery, { port: 0, batch });
console.log(JSON.stringify({ ready: true }));
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ url: served.url }));
}
