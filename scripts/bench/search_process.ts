/**
 * csn's search in a process of its own, whose memory is measured: `search_process.ts {"path",
 * "threads"}` maps a file, prints a line, and answers lines {"queries": n, "k": k} with the seconds
 * of a search.
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { start } from "../../src/native/start.ts";
import { mapMatrix } from "../../src/search/mapped_matrix.ts";
import { scan } from "../../src/search/scan.ts";
import { randomRows, searchWeights } from "./search_data.ts";

const { path, threads } = JSON.parse(Deno.args[0]);
await start({ threads });
using matrix = await mapMatrix(path);
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const { queries, k } = JSON.parse(line);
  const asked = randomRows(queries, 2);
  const began = performance.now();
  await scan(matrix, asked, { weights: searchWeights }, { k });
  console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }));
}
