import { childPermissions, mayStartAll } from "./child_permissions.ts";
import { supervise } from "./supervise.ts";

/** Takes a progress bar away, which rank 0 draws again. */
const clearLine = "\r\x1b[K";

/**
 * Carries the command out that this process was started with in so many processes, and sets the exit
 * code when a signal stops them. Throws a RanksError when one fails.
 */
export async function runProcesses(count: number): Promise<void> {
  const warning = crowdWarning(count, navigator.hardwareConcurrency);
  if (warning !== null) show(warning);
  const code = await supervise({
    count,
    args: [
      ...["run", "--quiet", "--no-prompt", ...childPermissions()],
      ...[Deno.mainModule, ...Deno.args],
    ],
    env: { ...linkerSettings(), NO_COLOR: Deno.env.get("NO_COLOR") ?? "" },
    show,
  });
  if (code !== 0) Deno.exitCode = code;
}

/** What is said of more processes than there are processors; null where there are enough. */
export function crowdWarning(processes: number, processors: number): string | null {
  if (processes <= processors) return null;
  const found = processors === 1 ? "1 processor" : `${processors} processors`;
  const better = processors === 1 ? "leave --processes out" : `pass --processes ${processors}`;
  return `warning: ${processes} processes take turns on ${found}, and each takes memory of its ` +
    `own; ${better}, unless there are as many GPUs`;
}

/** The dynamic linker's settings, where they can be passed on. */
function linkerSettings(): Record<string, string> {
  const found = Object.entries(Deno.env.toObject())
    .filter(([name, value]) => /^(LD|DYLD)_/.test(name) && value !== "");
  if (found.length === 0 || mayStartAll()) return Object.fromEntries(found);
  show(
    `warning: the processes are started without ${
      found.map(([name]) => name).join(" and ")
    }, which Deno passes on only with the permission --allow-run for all programs`,
  );
  return {};
}

/** A terminal that has gone away must not stop the work that is reported. */
function show(line: string): void {
  try {
    const text = (Deno.stderr.isTerminal() ? clearLine : "") + line + "\n";
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
  } catch {
    // There is nowhere left to say so.
  }
}
