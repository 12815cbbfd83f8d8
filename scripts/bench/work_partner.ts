/** csn's work in a process of its own. */
import { fromFileUrl } from "../../src/files/paths.ts";
import { type Command, Partner } from "./partner.ts";
import type { BenchOptions } from "./setting.ts";

/** What a process of csn's does. */
export type WorkKind = "train" | "embed";

/** What its program is called with. */
export interface WorkOptions {
  readonly work: WorkKind;
  /** Side of the images in pixels. */
  readonly size: number;
}

const permissions = ["read", "write", "env", "ffi", "sys", "run=python3,c++"];

/** Starts one, for images of `size` pixels, with these variables beside those of this process. */
export async function startWork(
  work: WorkKind,
  size: number,
  { batchSize, threads, placement }: BenchOptions,
  env: Record<string, string> = {},
): Promise<Partner> {
  const command: Command = {
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", ...permissions.map((each) => `--allow-${each}`)],
      fromFileUrl(new URL("work_process.ts", import.meta.url)),
      JSON.stringify({ work, size, batchSize, threads, placement }),
    ],
    env,
  };
  return await Partner.start(command);
}
