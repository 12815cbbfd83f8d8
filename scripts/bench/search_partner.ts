/** csn's search of a mapped file in a process of its own. */
import { fromFileUrl } from "../../src/files/paths.ts";
import { Partner } from "./partner.ts";
import type { BenchOptions } from "./setting.ts";

const permissions = ["read", "write", "env", "ffi", "sys", "run=python3,c++"];

/** Starts one. */
export async function startSearch(path: string, { threads }: BenchOptions): Promise<Partner> {
  return await Partner.start({
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", ...permissions.map((each) => `--allow-${each}`)],
      fromFileUrl(new URL("search_process.ts", import.meta.url)),
      JSON.stringify({ path, threads }),
    ],
  });
}
