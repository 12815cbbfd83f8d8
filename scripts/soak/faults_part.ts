/** Commands on a machine that fails: a full or read-only disk, no file handles, no memory. */
import { messageOf } from "../../src/base/errors.ts";
import { removeAll } from "../../src/files/exists.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { type CliResult, runCli } from "../../tests/helpers/run_cli.ts";
import { canMountReadOnly } from "../../tests/helpers/read_only.ts";
import { tryProgram } from "../gpu/run_program.ts";
import { chosen, type Finding, isOver, type Row, type Soak, withShare } from "./part.ts";
import { firstDifference, quiet, shares, Stage, type Trial, trials } from "./trials.ts";

/** A way in which a machine fails. */
interface Fault {
  readonly name: string;
  /** What stands before a command; `moment` is 0 to 1. */
  readonly prefix: (moment: number, folder: string) => string[];
  /**
   * Whether the command works on a disk of its own, whose files are afterwards in `<folder>.after`.
   */
  readonly hasDisk?: boolean;
  /** A program that it takes. */
  readonly needs?: string;
  /** Whether Deno itself may end, before csn can say anything. */
  readonly mayEndDeno?: boolean;
}

/**
 * Runs the rest with a limit of the shell's. The signal of -f must not end it before it sees an
 * error.
 */
function limited(flag: string, limit: number): string[] {
  return ["sh", "-c", `trap "" XFSZ; ulimit -${flag} ${limit}; exec "$@"`, "sh"];
}

/**
 * Mounts a disk over the folder that holds the same and has room for some megabytes more, lets it
 * fail, runs the rest, and copies what is there.
 */
function onDisk(folder: string, room: number, fail: string): string[] {
  const script = `from="$1"; shift; mkdir "$from.disk" && cp -a "$from/." "$from.disk" &&
    size=$(($(du -sk "$from" | cut -f1) + ${Math.ceil(1024 * room)}))k &&
    mount -t tmpfs -o size=$size tmpfs "$from" && cp -a "$from.disk/." "$from" || exit 99
    { ${fail} } & "$@"; code=$?
    kill $! 2>/dev/null; cp -a "$from" "$from.after" || exit 99; exit $code`;
  return ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", folder];
}

/**
 * Lets the rest have no more memory than it has after some seconds. A limit from the beginning is
 * no use: V8 starts by reserving thousands of times what csn needs, or ends.
 */
function withoutMemory(after: number): string[] {
  const script = `"$@" & pid=$!; sleep ${after.toFixed(2)}
    size=$(sed -n 's/^VmSize:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status) &&
    prlimit --pid $pid --as=$((size * 1024)); wait $pid`;
  return ["sh", "-c", script, "sh"];
}

/** Seconds that commands take, about. */
const seconds = 4;

const faults: readonly Fault[] = [
  {
    name: "large-files",
    prefix: (moment) => limited("f", Math.ceil(10 ** (1 + 3.5 * moment))),
  },
  {
    name: "full-disk",
    hasDisk: true,
    prefix: (moment, folder) => onDisk(folder, 0.2 + 80 * moment ** 3, ":;"),
  },
  {
    name: "read-only-disk",
    hasDisk: true,
    prefix: (moment, folder) =>
      onDisk(
        folder,
        1000,
        `sleep ${(seconds * moment).toFixed(2)}
         until mount -o remount,ro "$from" 2>/dev/null; do sleep 0.02; done`,
      ),
  },
  {
    name: "file-handles",
    mayEndDeno: true,
    prefix: (moment) => limited("n", 20 + Math.floor(11 * moment)),
  },
  {
    name: "memory",
    mayEndDeno: true,
    needs: "prlimit",
    prefix: (moment) => withoutMemory(seconds * moment),
  },
];

/** What commands make when nothing disturbs them. */
type Results = Map<Trial, Readonly<Record<string, string>>>;

/** The part: a row a fault. */
export async function faultsPart(soak: Soak): Promise<Row[]> {
  if (soak.amounts.faults === 0) return [];
  await using stage = await Stage.make();
  const canMount = await canMountReadOnly();
  const some = chosen(faults, soak);
  const right: Results = new Map();
  const rows: Row[] = [];
  for (const [at, fault] of some.entries()) {
    if (fault.hasDisk && !canMount) continue;
    if (fault.needs !== undefined && !await isProgram(fault.needs)) continue;
    const count = Math.ceil((soak.amounts.faults - at) / faults.length);
    if (count === 0) continue;
    rows.push(await failOften(fault, count, stage, right, withShare(soak, some.length - at)));
  }
  return rows;
}

async function isProgram(name: string): Promise<boolean> {
  return await tryProgram(name, ["--version"]).then(({ code }) => code === 0, () => false);
}

async function failOften(
  fault: Fault,
  count: number,
  stage: Stage,
  right: Results,
  soak: Soak,
): Promise<Row> {
  const began = performance.now();
  const findings: Finding[] = [];
  const quick = chosen(trials.filter(({ isLong }) => !isLong), soak);
  const counts = shares(quick, count);
  let [number, failed] = [0, 0];
  for (const [at, trial] of quick.entries()) {
    for (let time = 0; time < counts[at] && !isOver(soak); time++, number++) {
      if (!right.has(trial)) right.set(trial, await undisturbed(trial, stage));
      const moment = randomUint32(soak.seed, number, fault.name.length) / 2 ** 32;
      const { code, wrong } = await failOnce(fault, trial, moment, right.get(trial)!, stage)
        .catch((error) => ({ code: 1, wrong: messageOf(error) }));
      if (soak.stop.aborted) break;
      if (code !== 0) failed++;
      if (wrong === null) continue;
      const again = `deno task soak --parts faults --only ${fault.name} --seed ${soak.seed}`;
      findings.push({
        what: `${trial.name}, ${fault.name} at ${moment.toFixed(3)}: ${wrong}`,
        again,
      });
      soak.notice(`faults: ${findings.at(-1)!.what}`);
    }
  }
  const seconds = (performance.now() - began) / 1000;
  soak.notice(
    `faults: ${fault.name}: ${number} of ${count}, ${failed} failed, in ${seconds.toFixed(0)} s`,
  );
  return { part: "faults", tried: fault.name, count: number, asked: count, findings, seconds };
}

async function undisturbed(
  trial: Trial,
  stage: Stage,
): Promise<Readonly<Record<string, string>>> {
  await stage.reset();
  const { code, stderr } = await runCli(trial.args(stage.folder), { env: quiet });
  if (code !== 0) throw new Error(`${trial.name} fails when nothing disturbs it: ${stderr}`);
  return await trial.results(stage.folder);
}

async function failOnce(
  fault: Fault,
  trial: Trial,
  moment: number,
  right: Readonly<Record<string, string>>,
  stage: Stage,
): Promise<{ code: number; wrong: string | null }> {
  const { folder } = stage;
  await stage.reset();
  const before = await stage.files();
  const prefix = fault.prefix(moment, folder);
  const first = await runCli(trial.args(folder), { env: quiet, prefix });
  if (fault.hasDisk) {
    await removeAll(`${folder}.disk`);
    await removeAll(folder);
    await Deno.rename(`${folder}.after`, folder);
  }
  const wrong = wrongEnd(first, fault) ?? firstDifference(await stage.files(before), before);
  if (wrong !== null) return { code: first.code, wrong };
  const args = await (trial.again?.(folder) ?? trial.args(folder));
  const second = await runCli(args, { env: quiet });
  const isDone = second.code === 0 || trial.isDone?.(second) === true;
  return {
    code: first.code,
    wrong: isDone
      ? firstDifference(await trial.results(folder), right)
      : `the next ends with ${second.code}: ${second.stderr.slice(-500)}`,
  };
}

/** How Deno ends when it cannot go on: a panic, an abort, a trap. */
const ends = [101, 132, 133, 134];

/** What Deno says when it ends in another way: before csn begins, or by a panic with code 1. */
const denoEnds = /^Deno could not start|^thread '.*panicked at /m;

/** What is wrong with the end of a command: it may end well, or with one clear line. */
function wrongEnd({ code, stderr }: CliResult, { mayEndDeno }: Fault): string | null {
  if (code === 0) return null;
  const said = `it ends with ${code}: ${stderr.slice(-700)}`;
  if (mayEndDeno && (ends.includes(code) || denoEnds.test(stderr))) return null;
  if (code !== 1) return said;
  const errors = stderr.split("\n").filter((line) => line.startsWith("error: "));
  const isClear = errors.length === 1 && !/\(unexpected|\n\s+at /.test(stderr);
  return isClear ? null : said;
}
