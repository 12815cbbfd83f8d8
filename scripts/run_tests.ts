/**
 * Runs every test of csn, `deno run scripts/run_tests.ts [files...]`, and ends with the plain line
 * `N passed, N failed`, as the tests themselves counted. Without arguments two processes share the
 * files, because most tests keep one processor busy; what they print comes file by file.
 */
const permissions = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-ffi",
  "--allow-net",
  "--allow-sys",
  "--allow-run",
];

const root = new URL("..", import.meta.url);

/** How tests ended, as Deno's summary counts them. */
interface Outcome {
  readonly code: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs `deno test` with these arguments, and passes on what it prints. */
async function run(args: readonly string[], show: (text: string) => void): Promise<Outcome> {
  const child = new Deno.Command("deno", {
    args: ["test", ...permissions, "--preload", "tests/preload.ts", ...args],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  /** The last text that came, in which Deno's summary stands. */
  let tail = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    show(text);
    tail = (tail + text).slice(-4000);
  }
  const { code } = await child.status;
  return { ...outcomeOf(tail), code };
}

function outcomeOf(tail: string): Omit<Outcome, "code"> {
  // deno-lint-ignore no-control-regex
  const plain = tail.replace(/\x1b\[[0-9;]*m/g, "");
  const summary = /\| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?:[^\n]*?\| (\d+) ignored)?/
    .exec(plain);
  if (summary === null) return { passed: 0, failed: 1, skipped: 0 };
  const [passed, failed, skipped] = summary.slice(1).map((n) => Number(n ?? 0));
  return { passed, failed, skipped };
}

/** The files of each of several processes. Neighbours, which take alike, go to different ones. */
function shares(processes: number): string[][] {
  const files = testFiles("tests").sort();
  return Array.from({ length: processes }, (_, i) => files.filter((_, n) => n % processes === i));
}

function testFiles(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return testFiles(path);
    return name.endsWith("_test.ts") ? [path] : [];
  });
}

/** Deno's line before the tests of a file. */
// deno-lint-ignore no-control-regex
const heading = /^(?:\x1b\[[0-9;]*m)*running \d+ tests? from /gm;

/** Shows what a process prints, a file at a time, so that files of others do not come between. */
function byFile(): { show: (text: string) => void; end: () => void } {
  let waiting = "";
  const pass = (length: number) => {
    write(waiting.slice(0, length));
    waiting = waiting.slice(length);
  };
  return {
    show: (text) => {
      waiting += text;
      pass([...waiting.matchAll(heading)].at(-1)?.index ?? 0);
    },
    end: () => pass(waiting.length),
  };
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

async function runShares(): Promise<Outcome[]> {
  return await Promise.all(
    shares(2).map(async (files) => {
      const { show, end } = byFile();
      try {
        return await run(files, show);
      } finally {
        end();
      }
    }),
  );
}

const outcomes = Deno.args.length > 0 ? [await run(Deno.args, write)] : await runShares();
const [passed, failed, skipped] = (["passed", "failed", "skipped"] as const)
  .map((what) => outcomes.reduce((sum, outcome) => sum + outcome[what], 0));
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
const failure = outcomes.find(({ code, failed }) => code !== 0 || failed > 0);
Deno.exit(failure === undefined ? 0 : failure.code || 1);
