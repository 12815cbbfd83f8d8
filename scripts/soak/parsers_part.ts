/** Every parser against generated inputs, each in a process of its own that is watched. */
import { cpus } from "node:os";
import { fromFileUrl, join } from "../../src/files/paths.ts";
import { chosen, type Finding, isOver, type Row, type Soak } from "./part.ts";
import { allParsers } from "./parsers/all.ts";
import type { Report, Task } from "./parsers/process.ts";

/** Seconds after which a process that says nothing hangs, on a machine that is busy otherwise, too. */
const mostSilence = 600;

/** Megabytes of texts and objects; a process that needs more ends, which is found. */
const heap = 1000;

/** Findings after which a parser is given up. */
const mostFindings = 10;

/** How far a parser has come. */
interface Progress {
  readonly name: string;
  done: number;
  readonly findings: Finding[];
  /** Seed of the next batch. */
  next: number;
  seconds: number;
}

/**
 * The part. Parsers take turns, so that each has its share of the time when that does not suffice
 * for all: a process goes on for a turn.
 */
export async function parsersPart(soak: Soak): Promise<Row[]> {
  const all = chosen(Object.keys(allParsers).map((name) => ({ name })), soak)
    .map(({ name }): Progress => ({ name, done: 0, findings: [], next: soak.seed, seconds: 0 }));
  const waiting = [...all];
  const worker = async () => {
    while (!isOver(soak)) {
      const progress = waiting.shift();
      if (progress === undefined) return;
      if (!await goOn(progress, soak)) waiting.push(progress);
      else soak.notice(`parsers: ${textOf(progress)}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, cpus().length) }, worker));
  for (const progress of waiting) soak.notice(`parsers: ${textOf(progress)}, not all`);
  return all.map(({ name, done, findings, seconds }) => ({
    ...{ part: "parsers", tried: name, count: done, asked: soak.amounts.inputs },
    ...{ findings, seconds },
  }));
}

/** One turn of a parser, in a process; returns whether nothing more is to be done. */
async function goOn(progress: Progress, soak: Soak): Promise<boolean> {
  const began = performance.now();
  const { amounts: { inputs }, path, turn } = soak;
  const seconds = Math.min(turn, Math.max(0, (soak.until - began) / 1000));
  const { name: parser, next: seed, done } = progress;
  const found = await watch(
    {
      ...{ parser, folder: "", seed, inputs: inputs - done, path },
      isSynchronous: turn !== Infinity,
      ...(seconds === Infinity ? {} : { seconds }),
    },
    soak,
  );
  progress.done += found.done;
  progress.findings.push(...found.findings);
  progress.next = found.next;
  progress.seconds += (performance.now() - began) / 1000;
  return path !== undefined || progress.done >= inputs ||
    progress.findings.length >= mostFindings;
}

function textOf({ name, done, seconds, findings }: Progress): string {
  return `${name}: ${done} inputs in ${seconds.toFixed(0)} s, ${findings.length} found`;
}

interface Watched {
  readonly done: number;
  readonly findings: readonly Finding[];
  /** Seed of the next batch. */
  readonly next: number;
}

/** Runs one process to its end, or until it says nothing for too long. */
async function watch(asked: Task, soak: Soak): Promise<Watched> {
  const folder = await Deno.makeTempDir({ prefix: "csn-soak-" });
  try {
    const task = { ...asked, folder };
    const child = startProcess(task);
    const findings: Finding[] = [];
    let last: Report = { done: 0, seed: task.seed - 1 };
    let isSilent = false;
    const kill = () => child.kill("SIGKILL");
    const giveUp = () => {
      isSilent = true;
      kill();
    };
    soak.stop.addEventListener("abort", kill);
    let timer = setTimeout(giveUp, 1000 * mostSilence);
    for await (const line of linesOf(child.stdout)) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, 1000 * mostSilence);
      last = JSON.parse(line);
      if (last.found === undefined) continue;
      const { what, path } = last.found;
      findings.push({ what, again: again(task.parser, last.seed, path) });
    }
    clearTimeout(timer);
    soak.stop.removeEventListener("abort", kill);
    const [{ code }, said] = await Promise.all([child.status, new Response(child.stderr).text()]);
    if (soak.stop.aborted) return { done: last.done, findings, next: last.seed + 1 };
    if (code !== 0 || isSilent) {
      const what = isSilent ? `hangs for ${mostSilence} s` : `ends with ${code}: ${lastLine(said)}`;
      const kept = join(soak.keep, `${task.parser}-${last.seed + 1}`);
      await Deno.mkdir(soak.keep, { recursive: true });
      await copyFiles(folder, kept);
      const seed = last.seed + 1;
      findings.push({
        what: `${task.parser} ${what}; its input is in ${kept}`,
        again: again(task.parser, seed, ""),
      });
    }
    // The batch that ended its process is passed over.
    const failed = code !== 0 || isSilent;
    return { done: last.done, findings, next: last.seed + (failed ? 2 : 1) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function startProcess(task: Task) {
  const program = fromFileUrl(new URL("parsers/process.ts", import.meta.url));
  const permissions = ["read", "write", "env", "sys", "ffi", "net=127.0.0.1"].map((each) =>
    `--allow-${each}`
  );
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", `--v8-flags=--max-old-space-size=${heap}`, ...permissions],
      ...[program, JSON.stringify(task)],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What finds an input again. */
function again(parser: string, seed: number, path: string): string {
  const way = path === "" ? "" : ` --path ${path}`;
  return `deno task soak --parts parsers --only ${parser} --seed ${seed}${way}`;
}

async function copyFiles(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").filter((line) => line.trim() !== "").slice(-3).join(" | ");
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
