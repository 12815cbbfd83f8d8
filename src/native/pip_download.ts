import { throwIfStopped } from "./child_end.ts";
import { withoutLinkerSettings } from "./child_environment.ts";
import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { join } from "../files/paths.ts";

/** How pip downloads. */
export interface PipOptions {
  /** What is being done, for people. */
  readonly what: string;
  readonly listener: Listener;
  /** Further flags of `pip download`. */
  readonly flags?: readonly string[];
  /** Whether the wheels that these need come too. */
  readonly dependencies?: boolean;
  /** Ends pip. */
  readonly signal?: AbortSignal;
}

/** How often the size of what has come is looked at, in ms. */
const lookMs = 500;

/**
 * Downloads wheels into `folder` with python3's pip, which checks their hashes. Throws a CsnError
 * with what pip said.
 */
export async function pipDownload(
  requirements: readonly string[],
  folder: string,
  options: PipOptions,
): Promise<void> {
  const temporary = join(folder, "pip");
  await Deno.mkdir(temporary, { recursive: true });
  // Nothing is awaited from here to the start: a signal that is aborted already would not end pip.
  options.signal?.throwIfAborted();
  const child = new Deno.Command("python3", {
    args: [
      ...["-m", "pip", "download", "--dest", folder, "--only-binary=:all:", "--no-cache-dir"],
      ...["--progress-bar", "off", "--disable-pip-version-check", "--no-input"],
      ...(options.dependencies ? [] : ["--no-deps"]),
      ...(options.flags ?? []),
      ...requirements,
    ],
    // pip downloads to its temporary folder: there its progress can be seen.
    env: { ...withoutLinkerSettings(), TMPDIR: temporary },
    signal: options.signal,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = watchOutput(child, temporary, options);
  const [status, said] = await Promise.all([child.status, output]);
  await Deno.remove(temporary, { recursive: true }).catch(() => {});
  await throwIfStopped(status, options.signal);
  if (status.success) return;
  throw new CsnError(
    `Cannot download ${requirements.join(" ")} with \`python3 -m pip\`: ${
      said.at(-1) ?? "it failed without a message"
    }; ` +
      "check the network (and that pip is installed: python3 -m pip --version), or set LIBTORCH to a folder of libtorch",
  );
}

/** Reports progress while pip runs; returns the lines of its errors. */
async function watchOutput(
  child: Deno.ChildProcess,
  temporary: string,
  { what, listener }: PipOptions,
): Promise<string[]> {
  let total: number | null = null;
  const report = async () => {
    const done = await largestFile(temporary);
    if (done > 0) {
      listener.progress?.({
        what,
        done,
        total: total === null ? null : Math.max(total, done),
        unit: "bytes",
      });
    }
  };
  const timer = setInterval(() => void report(), lookMs);
  try {
    const errors = new Response(child.stderr).text();
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      total = announcedBytes(text) ?? total;
    }
    if (total !== null) listener.progress?.({ what, done: total, total, unit: "bytes" });
    return (await errors).split("\n").filter((line) => line.trim() !== "").map((line) =>
      line.replace(/^ERROR: /, "")
    );
  } finally {
    clearInterval(timer);
  }
}

const units: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** The size in pip's "Downloading torch-2.13.0-....whl (526.6 MB)". */
function announcedBytes(text: string): number | null {
  const match = /Downloading \S+ \(([\d.]+) (kB|MB|GB)\)/.exec(text);
  return match === null ? null : Number(match[1]) * units[match[2]];
}

async function largestFile(folder: string): Promise<number> {
  let largest = 0;
  try {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      largest = Math.max(
        largest,
        entry.isDirectory ? await largestFile(path) : (await Deno.stat(path)).size,
      );
    }
  } catch {
    // pip removes its folders while they are looked at.
  }
  return largest;
}
