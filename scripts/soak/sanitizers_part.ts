/** csn's tests on a shim that is built with sanitizers, whose runtimes are loaded before Deno. */
import { UsageError } from "../../src/base/errors.ts";
import { projectFolder } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { run, tryProgram } from "../gpu/run_program.ts";
import { chosen, type Finding, type Row, type Soak } from "./part.ts";

/** A sanitizer, and what is run under it. */
interface Sanitizer {
  /** As CSN_SANITIZE has it. */
  readonly name: string;
  /** Runtimes of the compiler, in the order in which they are loaded. */
  readonly runtimes: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly tests: readonly string[];
}

const sanitizers: readonly Sanitizer[] = [
  {
    name: "address",
    runtimes: ["libasan.so", "libubsan.so"],
    options: {
      // Deno lets go of little before it ends, and libtorch of nothing. Tests ask for more memory than
      // there is, to see what csn says.
      ASAN_OPTIONS: "detect_leaks=0:allocator_may_return_null=1",
      UBSAN_OPTIONS: "print_stacktrace=1",
    },
    tests: ["tests/tensor", "tests/network", "tests/training"],
  },
  {
    name: "thread",
    runtimes: ["libtsan.so"],
    // Deno and libtorch are not built for it: what they do among themselves cannot be judged.
    options: { TSAN_OPTIONS: "ignore_noninstrumented_modules=1" },
    tests: ["tests/tensor", "tests/training/train_step_test.ts"],
  },
];

/** The part. */
export async function sanitizersPart(soak: Soak): Promise<Row[]> {
  if (!soak.amounts.sanitizers) return [];
  // Side by side: each has little to do on a second core.
  return await Promise.all(chosen(sanitizers, soak).map((each) => runUnder(each, soak)));
}

async function runUnder({ name, runtimes, options, tests }: Sanitizer, soak: Soak): Promise<Row> {
  const began = performance.now();
  const env = {
    ...options,
    CSN_SANITIZE: name,
    LD_PRELOAD: (await Promise.all(runtimes.map(runtimePath))).join(":"),
    OMP_NUM_THREADS: "1",
  };
  await Deno.mkdir(soak.keep, { recursive: true });
  const log = join(soak.keep, `${name}.log`);
  await Deno.remove(log).catch(() => {});
  soak.notice(`sanitizers: ${name}: building the shim`);
  // Built without the runtimes, under which the compiler need not run; it cannot be opened without them.
  await tryProgram(Deno.execPath(), denoArguments("src/cli/main.ts", "setup"), {
    cwd: projectFolder,
    env: { CSN_SANITIZE: name },
    log,
  });
  soak.notice(`sanitizers: ${name}: ${tests.join(", ")}`);
  const { code, stdout, said } = await tryProgram(
    Deno.execPath(),
    ["test", "--quiet", "--allow-all", "--preload", "tests/preload.ts", ...tests],
    { cwd: projectFolder, env, log, signal: soak.stop },
  );
  if (soak.stop.aborted) {
    return { part: "sanitizers", tried: name, count: 0, asked: 1, findings: [], seconds: 0 };
  }
  const again = `deno task soak --parts sanitizers --only ${name}; all of it is in ${log}`;
  const findings = findingsIn(await Deno.readTextFile(log), code === 0 ? null : said)
    .map((what): Finding => ({ what: `${name}: ${what}`, again }));
  const count = Number(/\| (\d+) passed/.exec(stdout)?.[1] ?? 0);
  return {
    ...{ part: "sanitizers", tried: name, count, findings },
    seconds: (performance.now() - began) / 1000,
  };
}

function denoArguments(program: string, ...args: readonly string[]): string[] {
  const permissions = ["read", "write", "env", "ffi", "sys", "run=python3,c++"].map((each) =>
    `--allow-${each}`
  );
  return ["run", "--quiet", ...permissions, program, ...args];
}

/** Where the compiler has a library of its own. */
async function runtimePath(library: string): Promise<string> {
  const path = (await run("c++", [`-print-file-name=${library}`])).trim();
  if (path.includes("/")) return path;
  throw new UsageError(
    `Cannot run the part sanitizers: c++ has no ${library}; install g++ with its sanitizers, or leave the part out`,
  );
}

/** What a sanitizer reported, each once; else what the tests said when they failed. */
export function findingsIn(log: string, failure: string | null): string[] {
  const reported = log.match(/^SUMMARY: \w+Sanitizer: .*$|^.*: runtime error: .*$/gm) ?? [];
  if (reported.length > 0) return [...new Set(reported)];
  return failure === null ? [] : [`the tests fail: ${failure}`];
}
