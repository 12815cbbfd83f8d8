/** Runs `setUp()` in processes of their own, with caches, programs and libtorchs made for the test. */
import assert from "node:assert/strict";
import type { NativeParts } from "../../src/native/setup.ts";
import { findProgram, platform } from "../../src/native/platform.ts";
import { fromFileUrl, join } from "../../src/files/paths.ts";

const permissions = ["read", "write", "env", "ffi", "run=python3,c++"].map((each) =>
  `--allow-${each}`
);

/** How `setUp()` is run. */
export interface SetUpRun {
  /** Of `set_up_program.ts`. */
  readonly args?: readonly string[];
  /** Another checkout than this one. */
  readonly checkout?: string;
  /** The folder that the user stands in. */
  readonly cwd?: string;
}

/** How it ended. */
export interface SetUpResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const here = fromFileUrl(new URL("../..", import.meta.url));

/** Starts it with `env` and nothing else of this process's settings but where Deno finds its things. */
export function startSetUp(
  env: Record<string, string>,
  { args = [], checkout = here, cwd }: SetUpRun = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--cached-only", ...permissions],
      join(checkout, "tests", "helpers", "set_up_program.ts"),
      ...args,
    ],
    clearEnv: true,
    env: {
      HOME: Deno.env.get("HOME")!,
      PATH: Deno.env.get("PATH")!,
      // Settings of the user's pip would bring wheels of theirs.
      PIP_CONFIG_FILE: "/dev/null",
      ...(Deno.env.has("DENO_DIR") ? { DENO_DIR: Deno.env.get("DENO_DIR")! } : {}),
      ...env,
    },
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs it to its end. */
export async function runSetUp(
  env: Record<string, string>,
  run: SetUpRun = {},
): Promise<SetUpResult> {
  const { code, stdout, stderr } = await startSetUp(env, run).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** What it found, with its notices; fails when it fails. */
export async function setUpParts(
  env: Record<string, string>,
  run: SetUpRun = {},
): Promise<NativeParts & { notices: string }> {
  const { code, stdout, stderr } = await runSetUp(env, run);
  assert.equal(code, 0, stderr);
  return { ...JSON.parse(stdout), notices: stderr };
}

/** Asserts that it ends with an expected error, and with this message. */
export async function setUpFails(
  env: Record<string, string>,
  message: RegExp,
  run: SetUpRun = {},
): Promise<void> {
  const { code, stderr } = await runSetUp(env, run);
  assert.equal(code, 1, stderr);
  const [error, ...more] = stderr.split("\n").filter((line) => line.startsWith("error: "));
  assert.ok(error !== undefined && more.length === 0, stderr);
  assert.match(error, message);
}

/** A folder of shell scripts for PATH. */
export async function programs(folder: string, scripts: Record<string, string>): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, body] of Object.entries(scripts)) {
    await Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  return folder;
}

/** What looks like libtorch, with this version in its version.py. */
export async function fakeLibtorch(folder: string, version: string): Promise<string> {
  await Deno.mkdir(join(folder, "lib"), { recursive: true });
  await Deno.mkdir(join(folder, "include", "ATen"), { recursive: true });
  await Deno.writeTextFile(join(folder, "lib", `libtorch_cpu${platform().ending}`), "");
  await Deno.writeTextFile(join(folder, "include", "ATen", "ATen.h"), "");
  await Deno.writeTextFile(join(folder, "version.py"), `__version__ = '${version}'\n`);
  return folder;
}

/** A `c++` that makes empty files, and a line a call in a log. */
export function quickCompiler(log = "/dev/null"): string {
  return `echo call >> ${log}
while [ $# -gt 0 ]; do if [ "$1" = -o ]; then : > "$2"; fi; shift; done`;
}

/** A `python3` that says where it has torch, and a line a question in a log; null is none. */
export function fakePython(torch: string | null, folders: readonly string[], log: string): string {
  return `echo asked >> ${log}\necho '${JSON.stringify({ torch, paths: folders })}'`;
}

/** A `python3` that has no torch, but the pip of the real one; `beforePip` runs ahead of that. */
export function pythonWithPip(beforePip = ""): string {
  const python = findProgram("python3");
  assert.ok(python !== null, "these tests need python3 with pip");
  return `if [ "$1" = -c ]; then echo '{"torch": null, "paths": []}'; exit; fi
${beforePip}
exec ${python} "$@"`;
}

/** Lines of a log, none when there is no log. */
export async function linesOf(log: string): Promise<string[]> {
  const text = await Deno.readTextFile(log).catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

/** Names in a folder, sorted. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
