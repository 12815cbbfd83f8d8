/** Builds the shim against a libtorch, once for each pair of sources and libtorch. */
import { sha256 } from "../files/sha256.ts";
import { existsSync } from "../files/exists.ts";
import { throwIfStopped } from "./child_end.ts";
import { withoutLinkerSettings } from "./child_environment.ts";
import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { basename, fromFileUrl, join } from "../files/paths.ts";
import { cacheFolder } from "../files/cache.ts";
import type { Libtorch } from "./libtorch.ts";
import { findProgram, platform } from "./platform.ts";

/**
 * The one compiler that csn's tasks may start: the system's, under the name that all systems use.
 */
const compilerName = "c++";

/** Units compiled at a time: each needs up to 1 GB of memory. */
const compiledAtOnce = 2;

/** The shim that fits a libtorch: built already, or to be built. */
export interface ShimPlan {
  /** Where the shim lies, or will. */
  readonly path: string;
  readonly isBuilt: boolean;
}

/** Folder of the shim's sources. */
function sourceFolder(): string {
  const url = new URL("../../native/", import.meta.url);
  if (url.protocol !== "file:") {
    throw new CsnError(
      `Cannot build the shim: csn was imported from ${url.origin}, its C++ sources must lie on this machine; clone csn and import its mod.ts from there`,
    );
  }
  return fromFileUrl(url);
}

function units(): string[] {
  const folder = join(sourceFolder(), "src");
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.endsWith(".cpp")
  ).sort();
}

/**
 * The shim for `libtorch`. Its key: path and version of libtorch, the sources, every option of the
 * compiler and the linker, the compiler.
 */
export function planShim(libtorch: Libtorch): ShimPlan {
  const name = `libcsn${platform().ending}`;
  const base = `shim-${
    digest([
      ...[libtorch.libtorchFolder, libtorch.libtorchVersion],
      ...[...compileOptions(libtorch), ...linkOptions(libtorch)],
      ...sources(),
      // What the shim can do depends on headers that a libtorch of an older csn lacks.
      String(existsSync(join(libtorch.libtorchFolder, "include/torch/csrc"))),
    ])
  }`;
  const compiler = findCompiler();
  if (compiler === null) {
    // Without a compiler, a shim that was built before is still right.
    const built = shimFolders(base).find((folder) => existsSync(join(folder, name)));
    return { path: join(built ?? join(cacheFolder(), base), name), isBuilt: built !== undefined };
  }
  const path = join(cacheFolder(), `${base}-${digest(identity(compiler)).slice(0, 6)}`, name);
  return { path, isBuilt: existsSync(path) };
}

function shimFolders(base: string): string[] {
  if (!existsSync(cacheFolder())) return [];
  return [...Deno.readDirSync(cacheFolder())]
    .filter(({ name }) => name.startsWith(base) && !name.endsWith(".part"))
    .map(({ name }) => join(cacheFolder(), name));
}

function sources(): string[] {
  const folder = sourceFolder();
  const files = ["include", "src"].flatMap((each) => filesBelow(join(folder, each)));
  return files.sort().map((file) => basename(file) + Deno.readTextFileSync(file));
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(join(folder, name)) : [join(folder, name)]
  );
}

function digest(parts: readonly string[]): string {
  return sha256(parts.join("\0")).slice(0, 16);
}

/** What changes when another compiler or another version takes the place, without starting it. */
function identity(compiler: string): string[] {
  // `c++` is a link to a link to the program, whose name holds the version.
  const program = Deno.realPathSync(compiler);
  const { size, mtime } = Deno.statSync(program);
  return [compiler, program, String(size), String(mtime?.getTime())];
}

/** The system's C++ compiler; null when there is none. */
export function findCompiler(): string | null {
  return findProgram(compilerName);
}

/** How it is built. */
export interface BuildOptions {
  readonly listener: Listener;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Builds the shim at `plan.path`: each unit to an object, linked beside and renamed, so that it is
 * whole or not there. The caller holds the cache's lock. Throws a CsnError with the compiler's
 * first errors.
 */
export async function buildShim(
  plan: ShimPlan,
  libtorch: Libtorch,
  options: BuildOptions,
): Promise<void> {
  const compiler = findCompiler();
  if (compiler === null) {
    throw new CsnError(
      `Cannot build the shim: no C++ compiler was found (c++ on PATH); install one (Debian: apt-get install g++, Fedora: dnf install gcc-c++, macOS: xcode-select --install) and run \`start()\``,
    );
  }
  const target = plan.path.slice(0, plan.path.lastIndexOf("/"));
  const work = `${target}.part`;
  await Deno.remove(work, { recursive: true }).catch(() => {});
  await Deno.mkdir(work, { recursive: true });
  try {
    await compile(compilerName, work, libtorch, options);
    await Deno.remove(target, { recursive: true }).catch(() => {});
    await Deno.rename(work, target);
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

async function compile(
  compiler: string,
  work: string,
  libtorch: Libtorch,
  { listener, signal }: BuildOptions,
): Promise<void> {
  const all = units();
  const what = `Building the shim with ${compiler}`;
  let done = 0;
  const report = () =>
    listener.progress?.({ what, done: done++, total: all.length + 1, unit: "files" });
  report();
  const waiting = [...all];
  const worker = async () => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      try {
        await run(compiler, compileFlags(unit, work, libtorch), work, signal);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
      report();
    }
  };
  // After a failure nothing more is begun, and what runs is waited for: it writes into `work`.
  const ends = await Promise.allSettled(Array.from({ length: compiledAtOnce }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  await run(compiler, linkFlags(all, work, libtorch), work, signal);
  for (const unit of all) await Deno.remove(objectOf(unit, work));
  report();
}

function objectOf(unit: string, work: string): string {
  return join(work, unit.replace(/\.cpp$/, ".o"));
}

/** What CSN_SANITIZE may say: the sanitizers that csn's own tests are run under (scripts/soak). */
const sanitizers: Readonly<Record<string, readonly string[]>> = {
  // vptr wants to know the types of libtorch, which keeps them to itself.
  address: ["-fsanitize=address,undefined", "-fno-sanitize=vptr", "-fno-sanitize-recover=all"],
  thread: ["-fsanitize=thread"],
};

/** The options of the sanitizer that is asked for; none is, but by the soak. */
function sanitizerOptions(): readonly string[] {
  const name = Deno.env.get("CSN_SANITIZE");
  if (!name) return [];
  const options = sanitizers[name];
  if (options !== undefined) return [...options, "-g", "-fno-omit-frame-pointer"];
  throw new CsnError(
    `Cannot build the shim: CSN_SANITIZE is "${name}"; it is one of ${
      Object.keys(sanitizers).join(", ")
    }, or not set`,
  );
}

/** How each unit is compiled, but for its own paths. */
function compileOptions({ libtorchFolder }: Libtorch): string[] {
  return [
    ...sanitizerOptions(),
    ...["-std=c++20", "-O2", "-fPIC", "-fvisibility=hidden", "-fvisibility-inlines-hidden"],
    // A score in float64 must be that of a plain loop, to the bit.
    "-ffp-contract=off",
    ...["-isystem", join(libtorchFolder, "include")],
    // torch/types.h, which headers of the distributed engine include.
    ...["-isystem", join(libtorchFolder, "include/torch/csrc/api/include")],
  ];
}

/** How the units are linked, but for their own paths. */
function linkOptions({ libtorchFolder }: Libtorch): string[] {
  const lib = join(libtorchFolder, "lib");
  return [
    ...sanitizerOptions(),
    ...[`-L${lib}`, `-Wl,-rpath,${lib}`, "-ltorch_cpu", "-lc10"],
    // libtorch_cpu of a CUDA wheel names libraries that this machine may lack at link time.
    ...(platform().os === "linux" ? ["-Wl,--allow-shlib-undefined", "-pthread", "-ldl"] : []),
  ];
}

function compileFlags(unit: string, work: string, libtorch: Libtorch): string[] {
  const folder = sourceFolder();
  return [
    ...[...compileOptions(libtorch), "-I", join(folder, "include")],
    ...["-c", join(folder, "src", unit), "-o", objectOf(unit, work)],
  ];
}

function linkFlags(all: readonly string[], work: string, libtorch: Libtorch): string[] {
  const shim = join(work, `libcsn${platform().ending}`);
  return [
    ...["-shared", "-o", shim, ...all.map((unit) => objectOf(unit, work))],
    ...linkOptions(libtorch),
  ];
}

async function run(
  compiler: string,
  args: string[],
  work: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const output = await new Deno.Command(compiler, {
    args,
    signal,
    env: withoutLinkerSettings(),
    stdout: "null",
    stderr: "piped",
  }).output();
  await throwIfStopped(output, signal);
  const { success, code, stderr } = output;
  if (success) return;
  const log = `${work.replace(/\.part$/, "")}.log`;
  await Deno.writeFile(log, stderr);
  const lines = new TextDecoder().decode(stderr).split("\n").filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => /error|undefined|fatal|cannot find/i.test(line));
  // In another language than English, the first lines.
  const said = (errors.length > 0 ? errors : lines).slice(0, 2).join(" | ");
  throw new CsnError(
    `Cannot build the shim: ${compiler} said: ${
      said || `nothing (exit code ${code})`
    }; all of it is in ${log}; csn needs C++20 (g++ 11 or clang 14 and newer)`,
  );
}
