/**
 * Commands that are killed at any moment; the same command then ends well, with the same results.
 */
import { randomUint32 } from "../../src/base/random.ts";
import { CliProcess, runCli } from "../../tests/helpers/run_cli.ts";
import { messageOf } from "../../src/base/errors.ts";
import { chosen, type Finding, isOver, type Row, type Soak, withShare } from "./part.ts";
import { firstDifference, quiet, shares, Stage, type Trial, trials } from "./trials.ts";

/** What ends commands. */
const signals = ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"] as const;

/**
 * How they may end: as the system ends them before csn listens, or as csn does; SIGHUP counts as
 * SIGTERM.
 */
const codes = { SIGKILL: [137], SIGTERM: [143], SIGHUP: [129, 143], SIGINT: [130] } as const;

/** A command that was run to its end without trouble. */
interface Undisturbed {
  readonly trial: Trial;
  readonly results: Readonly<Record<string, string>>;
  readonly milliseconds: number;
}

/** The part. */
export async function killsPart(soak: Soak): Promise<Row[]> {
  if (soak.amounts.kills === 0) return [];
  await using stage = await Stage.make();
  const some = chosen(trials, soak);
  const rows: Row[] = [];
  const counts = shares(some, soak.amounts.kills);
  for (const [at, trial] of some.entries()) {
    const kills = counts[at];
    if (kills === 0) continue;
    rows.push(await killOften(trial, kills, stage, withShare(soak, some.length - at)));
  }
  return rows;
}

async function killOften(trial: Trial, kills: number, stage: Stage, soak: Soak): Promise<Row> {
  const began = performance.now();
  const findings: Finding[] = [];
  let undisturbed: Undisturbed | undefined;
  let done = 0;
  for (; done < kills && !isOver(soak); done++) {
    undisturbed ??= await runUndisturbed(trial, stage);
    const wrong = await killOnce(undisturbed, done, stage, soak).catch(messageOf);
    if (soak.stop.aborted) break;
    if (wrong === null) continue;
    const again = `deno task soak --parts kills --only ${trial.name} --seed ${soak.seed}`;
    findings.push({ what: `${trial.name}, kill ${done + 1}: ${wrong}`, again });
    soak.notice(`kills: ${findings.at(-1)!.what}`);
  }
  const seconds = (performance.now() - began) / 1000;
  soak.notice(`kills: ${trial.name}: ${done} of ${kills} in ${seconds.toFixed(0)} s`);
  return { part: "kills", tried: trial.name, count: done, asked: kills, findings, seconds };
}

async function runUndisturbed(trial: Trial, stage: Stage): Promise<Undisturbed> {
  await stage.reset();
  const began = performance.now();
  const { code, stderr } = await runCli(trial.args(stage.folder), { env: quiet });
  if (code !== 0) throw new Error(`${trial.name} fails when nothing disturbs it: ${stderr}`);
  const milliseconds = performance.now() - began;
  return { trial, results: await trial.results(stage.folder), milliseconds };
}

/** What went wrong, in words; null when nothing did. */
async function killOnce(
  { trial, results, milliseconds }: Undisturbed,
  number: number,
  stage: Stage,
  { seed }: Soak,
): Promise<string | null> {
  await stage.reset();
  const signal = signals[number % signals.length];
  const after = randomUint32(seed, number, trial.name.length) % Math.ceil(milliseconds);
  const how = `${signal} after ${after} of ${milliseconds.toFixed(0)} ms`;
  const process = new CliProcess(trial.args(stage.folder), { env: quiet });
  const timer = setTimeout(() => killIfThere(process, signal), after);
  const first = await process.ended();
  clearTimeout(timer);
  // It may have ended before.
  if (![0, ...codes[signal]].includes(first.code)) {
    return `${how}: it ends with ${first.code}: ${first.stderr.slice(-500)}`;
  }
  const args = await (trial.again ?? ((folder) => Promise.resolve(trial.args(folder))))(
    stage.folder,
  );
  const second = await runCli(args, { env: quiet });
  if (second.code !== 0 && trial.isDone?.(second) !== true) {
    return `${how}: the next ends with ${second.code}: ${second.stderr.slice(-500)}`;
  }
  const difference = firstDifference(await trial.results(stage.folder), results);
  if (difference !== null) return `${how}: ${difference}`;
  const left = stage.leftovers();
  return left.length === 0 ? null : `${how}: ${left.join(", ")} is left`;
}

function killIfThere(process: CliProcess, signal: Deno.Signal): void {
  try {
    process.kill(signal);
  } catch {
    // It has ended already.
  }
}
