/**
 * Gives generated inputs to a parser, in a process of its own: `process.ts JSON`. Prints a line of
 * JSON a batch and a finding. Inputs lie in the folder as they come, so that one that ends or holds
 * up this process is there still.
 */
import process from "node:process";
import fc from "fast-check";
import { join } from "../../../src/files/paths.ts";
import { allParsers } from "./all.ts";
import { judge } from "./judge.ts";
import type { Input } from "./parser.ts";

/** What the process is asked to do. */
export interface Task {
  readonly parser: string;
  readonly folder: string;
  readonly seed: number;
  readonly inputs: number;
  /** Seconds after which no other batch is begun. */
  readonly seconds?: number;
  /** One input alone, and those to which it shrinks. */
  readonly path?: string;
  /** Whether files are read at once, about twice as fast. */
  readonly isSynchronous: boolean;
}

/** A line that the process prints. */
export interface Report {
  /** Inputs that are done. */
  readonly done: number;
  /** The seed of their batch: what goes wrong after this line belongs to the next one. */
  readonly seed: number;
  readonly found?: { readonly what: string; readonly path: string };
}

/** Inputs of one batch, whose seed finds them again. */
const batch = 500;

/** Seconds of a processor that one input may take: waiting behind other work does not count. */
const mostSeconds = 20;

/** What the process may grow by while it parses files of at most 100 kB. */
const mostMegabytes = 600;

/** Different findings after which a parser is given up. */
const mostFindings = 10;

const task: Task = JSON.parse(Deno.args[0]);
// Most inputs end in an error, and most of its cost is its stack.
if (task.path === undefined) Error.stackTraceLimit = 0;
if (task.isSynchronous) await import("./synchronous_files.ts");
const parser = await allParsers[task.parser](task.folder);
const file = join(task.folder, parser.file);
const usual = new Set([...Deno.readDirSync(task.folder)].map(({ name }) => name));
usual.add(parser.file).add("metrics.csv");
let memory = Infinity;

const property = fc.asyncProperty(parser.inputs, async (input: Input<unknown>) => {
  Deno.writeFileSync(file, input.bytes);
  const began = process.cpuUsage();
  await judge(parser, input, file);
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  if (seconds > mostSeconds) throw new Error(`${parser.name} takes ${seconds.toFixed(1)} s`);
});

const { inputs, seconds = Infinity } = task;
const until = performance.now() + 1000 * seconds;
let [done, findings] = [0, 0];
for (let seed = task.seed; done < inputs && findings < mostFindings; seed++) {
  const numRuns = Math.min(batch, inputs - done);
  const { path } = task;
  const details = await fc.check(
    property,
    path === undefined ? { seed, numRuns, endOnFailure: true } : { seed, path },
  );
  done += details.failed ? details.numRuns : numRuns;
  const what = details.failed ? textOf(details.errorInstance) : wrongWithFolder();
  if (what !== null) findings++;
  print(
    what === null
      ? { done, seed }
      : { done, seed, found: { what, path: details.counterexamplePath ?? "" } },
  );
  if (path !== undefined || performance.now() >= until) break;
}
Deno.exit();

function print(report: Report): void {
  console.log(JSON.stringify(report));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a batch has left in the folder or in memory that should not be there. */
function wrongWithFolder(): string | null {
  const left = [...Deno.readDirSync(task.folder)].find(({ name }) => !usual.has(name));
  if (left !== undefined) return `${parser.name} leaves ${left.name}`;
  const megabytes = Deno.memoryUsage().rss / 1e6;
  memory = Math.min(memory, megabytes);
  if (megabytes - memory <= mostMegabytes) return null;
  memory = Infinity;
  return `${parser.name} grows to ${megabytes.toFixed(0)} MB`;
}
