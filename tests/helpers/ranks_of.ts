import type { CliProcess } from "./run_cli.ts";

/** The ids of the processes that a command has started, by rank. */
export async function ranksOf({ pid }: CliProcess): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "pid=", "--ppid", String(pid), "--sort", "start_time,pid"],
  }).output();
  return new TextDecoder().decode(stdout).trim().split(/\s+/).map(Number);
}
