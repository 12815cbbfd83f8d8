/** The benchmark at the paper's batch, against the targets. */
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import type { Comparison } from "../bench/comparison.ts";
import type { Findings } from "../bench/report.ts";
import { type Check, type Found, look, type Setting } from "./check.ts";
import { tryProgram } from "./run_program.ts";

/** Triplets a second at 112 pixels and batch 256. */
const leastSpeed = 17_000;
/** Of the tuned PyTorch's speed. */
const leastOfTuned = 1;
/** Of the original's, whose DataLoader decodes with PIL. */
const leastOfOriginal = 10;

/** The part, in its order. */
export async function benchPart(setting: Setting): Promise<Check[]> {
  return [...await stepChecks(setting), await epochCheck(setting)];
}

async function stepChecks(setting: Setting): Promise<Check[]> {
  const { isCuda } = setting;
  let steps: readonly Comparison[] = [];
  const speed = await look("bench", "training step", speedWanted(isCuda), async () => {
    steps = await bench("step", setting);
    return speedFound(steps, isCuda);
  });
  const checks = [speed];
  for (const { against, ratio } of steps) {
    const least = isCuda && against === "tuned" ? leastOfTuned : 0;
    checks.push(
      await look(
        "bench",
        `step / PyTorch ${against}`,
        ratioWanted(least),
        () => Promise.resolve(ratioFound(ratio, least)),
      ),
    );
  }
  return checks;
}

async function epochCheck(setting: Setting): Promise<Check> {
  const least = setting.isCuda ? leastOfOriginal : 0;
  return await look("bench", "epoch / the original's", ratioWanted(least), async () => {
    const epochs = await bench("epoch", setting);
    const original = epochs.find(({ work }) => /packed/.test(work));
    if (original === undefined) return { passed: false, found: "the benchmark gave no epoch" };
    const { passed, found } = ratioFound(original.ratio, least);
    return { passed, found: `${found}: ${original.work}, against ${original.against}` };
  });
}

/** How much each item does: on a GPU, 200 steps and an epoch of 40, some seconds a run. */
const amounts = {
  step: { length: 400, repeats: 5 },
  epoch: { length: 80, repeats: 3 },
};

async function bench(
  item: keyof typeof amounts,
  { device, isCuda, project, out }: Setting,
): Promise<Comparison[]> {
  const sizes = isCuda
    ? { "batch-size": 256, "image-size": 112, ...amounts[item] }
    : { "batch-size": 8, "image-size": 32, length: 0.1, repeats: 1 };
  const flags = Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const options = ["--items", item, "--device", device, "--python", "python3", "--json"];
  const { stdout, said } = await tryProgram("deno", ["task", "-q", "bench", ...options, ...flags], {
    cwd: project,
    log: join(out, "bench.log"),
    show: true,
  });
  if (!stdout.startsWith("{")) throw new CsnError(said);
  await Deno.writeTextFile(join(out, `bench_${item}.json`), stdout);
  const { comparisons, failures }: Findings = JSON.parse(stdout);
  if (failures.length > 0) throw new CsnError(failures[0].reason);
  return comparisons;
}

function speedWanted(isCuda: boolean): string {
  return isCuda ? `at least ${leastSpeed} triplets/s` : "any speed";
}

function ratioWanted(least: number): string {
  return least > 0 ? `at least ${least.toFixed(1)}` : "any ratio";
}

/** csn's speed, the least of its medians. */
export function speedFound(steps: readonly Comparison[], isCuda: boolean): Found {
  const speed = Math.min(...steps.map(({ csn }) => csn));
  return {
    passed: Number.isFinite(speed) && (!isCuda || speed >= leastSpeed),
    found: `${speed.toFixed(0)} triplets/s: ${steps[0]?.work}`,
  };
}

/** A ratio against the least that it should be. */
export function ratioFound({ median, least, most }: Comparison["ratio"], wanted: number): Found {
  return {
    passed: median >= wanted,
    found: `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`,
  };
}
