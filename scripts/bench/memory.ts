/** The most memory that training takes, of csn and of PyTorch, each in a process of its own. */
import { CsnError } from "../../src/base/errors.ts";
import { compared, type Comparison, inTurn } from "./comparison.ts";
import type { Partner } from "./partner.ts";
import type { Python } from "./pytorch.ts";
import { type BenchOptions, variantsFor } from "./setting.ts";
import { startStepPartner } from "./step.ts";
import { startWork } from "./work_partner.ts";

/** Steps that are taken: later ones take no more. */
const steps = 6;

/** Runs of each side; they differ by a few per cent. */
const most = 3;

/** Measures memory at the largest size. */
export async function compareMemory(options: BenchOptions): Promise<Comparison[]> {
  const size = Math.max(...options.sizes);
  const variants = variantsFor(options);
  options.notice(`memory of training at ${size} pixels`);
  const peak = async (start: () => Promise<Partner>) => {
    await using partner = await start();
    await partner.ask({ steps });
    return await peakMegabytes(partner.pid, options.python);
  };
  const pairs = await inTurn(
    Math.min(most, options.repeats),
    () => peak(() => startWork("train", size, options)),
    variants.map((variant) => () => peak(() => startStepPartner(size, variant, options))),
  );
  return variants.map((against, i) =>
    compared({
      item: "memory",
      work: `training, ${size} px, batch ${options.batchSize}`,
      against,
      unit: "MB",
    }, pairs[i])
  );
}

/** The most memory that a process has held (on Linux). */
export async function peakMegabytes(pid: number, python: Python): Promise<number> {
  return statusMegabytes(await statusOf(pid, python), "VmHWM");
}

/** What a process holds: memory of its own, and pages of files that it has mapped. */
export async function residentMegabytes(
  pid: number,
  python: Python,
): Promise<{ readonly own: number; readonly mapped: number }> {
  const status = await statusOf(pid, python);
  return { own: statusMegabytes(status, "RssAnon"), mapped: statusMegabytes(status, "RssFile") };
}

/** What Linux says of a process, which Deno cannot ask of another. */
async function statusOf(pid: number, { command, env }: Python): Promise<string> {
  const { stdout } = await new Deno.Command(command, {
    args: ["-c", "import sys; print(open(f'/proc/{int(sys.argv[1])}/status').read())", String(pid)],
    env,
    stdout: "piped",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

function statusMegabytes(status: string, name: string): number {
  const found = new RegExp(`${name}:\\s+(\\d+) kB`).exec(status);
  if (found !== null) return Number(found[1]) * 1024 / 1e6;
  throw new CsnError(
    "Cannot measure memory: this system has no /proc/<pid>/status (Linux has); leave it out of --items",
  );
}
