/** What the checks give together, for people and for programs. */
import { table } from "../../src/cli/format.ts";
import type { Check } from "./check.ts";

/** The machine that the checks ran on. */
export interface Machine {
  readonly gpu: string | null;
  readonly processor: string;
  readonly cores: number;
  readonly torch: string;
  readonly deno: string;
  /** The commit that was checked. */
  readonly csn: string;
}

/** All that is known, as gpu_check.json has it. */
export interface Report {
  readonly machine: Machine;
  readonly device: string;
  readonly passed: boolean;
  readonly checks: readonly Check[];
}

/** A report passes when there are checks and all of them do. */
export function reportOf(machine: Machine, device: string, checks: readonly Check[]): Report {
  const passed = checks.length > 0 && checks.every((check) => check.passed);
  return { machine, device, passed, checks };
}

/** The table, and what it was measured on. */
export function reportText({ machine, device, checks }: Report): string {
  const { gpu, processor, cores, torch, deno, csn } = machine;
  const failed = checks.filter((check) => !check.passed).length;
  return [
    `${
      gpu ?? "no GPU"
    }; ${processor}, ${cores} cores; torch ${torch}, Deno ${deno}, csn ${csn}; on ${device}`,
    "",
    table(
      ["part", "check", "", "found", "wanted"],
      checks.map(({ part, what, passed, found, wanted }) => [
        part,
        what,
        passed ? "ok" : "FAILED",
        oneLine(found),
        wanted,
      ]),
    ),
    "",
    failed === 0
      ? `All ${checks.length} checks passed.`
      : `${failed} of ${checks.length} checks failed.`,
  ].join("\n");
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
