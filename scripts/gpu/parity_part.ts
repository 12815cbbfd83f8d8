/** Holds csn on the device against this machine's PyTorch, in float64 on its processor. */
import { join } from "../../src/files/paths.ts";
import type { ParityGroup } from "../../src/training/parity.ts";
import { type Check, type Found, look, type Setting } from "./check.ts";
import { run, tryProgram } from "./run_program.ts";

const wanted = {
  auto: "float64: within 1e-9",
  float32: "float32 without TF32: as on the CPU",
  bf16: "bf16: loss and distances within 5e-2",
} as const;

/** The part, in its order. */
export async function parityPart(setting: Setting): Promise<Check[]> {
  const { project, out, isCuda } = setting;
  const fixture = join(out, "parity.safetensors");
  const log = join(out, "parity.log");
  const [batch, side] = isCuda ? [16, 112] : [8, 32];
  const made = await look(
    "parity",
    "PyTorch's steps",
    `${batch} triplets, ${side} px`,
    async () => {
      const args = [join(project, "tests/fixtures/parity/make_parity.py"), fixture];
      const sizes = { batch, height: side, width: side, threads: navigator.hardwareConcurrency };
      const flags = Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const said = await run("python3", [...args, ...flags], { log });
      return { passed: true, found: said.trim().split("losses").at(-1)! };
    },
  );
  if (!made.passed) return [made];
  const checks = [made];
  for (const precision of Object.keys(wanted) as (keyof typeof wanted)[]) {
    checks.push(
      await look(
        "parity",
        precision === "auto" ? "float64" : precision,
        wanted[precision],
        () => compare(fixture, precision, setting, log),
      ),
    );
  }
  await Deno.remove(fixture);
  return checks;
}

async function compare(
  fixture: string,
  precision: string,
  { device, project }: Setting,
  log: string,
): Promise<Found> {
  const args = ["--device", device, "--precision", precision, "--json"];
  const ended = await tryProgram("deno", ["task", "-q", "parity", fixture, ...args], {
    cwd: project,
    log,
  });
  if (!ended.stdout.startsWith("{")) return { passed: false, found: ended.said };
  return parityFound(JSON.parse(ended.stdout));
}

/** The group that is nearest to its limit, or farthest beyond it. */
export function parityFound(
  { passed, groups }: { passed: boolean; groups: readonly ParityGroup[] },
): Found {
  // In JSON an infinite error is null.
  const share = ({ error, limit }: ParityGroup) => (error ?? Infinity) / limit;
  const worst = groups.toSorted((a, b) => share(b) - share(a))[0];
  const error = worst.error ?? Infinity;
  return {
    passed,
    found: `${worst.group}: ${error.toExponential(1)} of ${worst.limit.toExponential(1)}`,
  };
}
