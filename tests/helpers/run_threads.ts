/** Starts csn in a process of its own, with none of this one's settings of threads. */
import assert from "node:assert/strict";
import { fromFileUrl } from "../../src/files/paths.ts";

/** What `threads_program.ts` prints, and what libgomp printed. */
export interface ThreadsRun {
  readonly threads: number;
  readonly from: string;
  readonly spins: string | null;
  readonly stderr: string;
}

/** How it is started. */
export interface ThreadsSetting {
  readonly env?: Record<string, string>;
  /** Threads that `start` is called with. */
  readonly threads?: number;
  /** What is written before the command. */
  readonly prefix?: readonly string[];
}

const permissions = ["read", "write", "env", "ffi", "run=python3,c++"];
const kept = ["HOME", "PATH", "DENO_DIR", "CSN_CACHE", "LIBTORCH"];

/** Runs it to its end. */
export async function runThreads(
  { env = {}, threads, prefix = [] }: ThreadsSetting,
): Promise<ThreadsRun> {
  const [command, ...args] = [
    ...[...prefix, Deno.execPath(), "run", "--quiet", "--cached-only"],
    ...permissions.map((each) => `--allow-${each}`),
    fromFileUrl(new URL("threads_program.ts", import.meta.url)),
    ...(threads === undefined ? [] : [String(threads)]),
  ];
  const ours = Object.entries(Deno.env.toObject()).filter(([name]) => kept.includes(name));
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    clearEnv: true,
    env: { ...Object.fromEntries(ours), ...env },
  }).output();
  const [said, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, complaint);
  return { ...JSON.parse(said), stderr: complaint };
}
