import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { readSafetensors } from "../tensor/safetensors.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { checkParity, type ParityGroup } from "../training/parity.ts";
import { userPath } from "./paths.ts";
import { table } from "./format.ts";
import { oneOf } from "./options.ts";
import { deviceHelp } from "./placement_options.ts";
import { startNative } from "./start_native.ts";

/** `parity FIXTURE`: csn compared with a stored PyTorch run. */
export function parityCommand(): CommandUnknownOpts {
  return new Command("parity")
    .description("compare csn with a PyTorch program: three Adam steps, number by number")
    .argument(
      "<fixture>",
      "safetensors file with in.*, before.*, loss.*, d_far.*, d_near.*, grad.*, after.*, embedding",
    )
    .addOption(new Option("--device <device>", deviceHelp).default("cpu"))
    .addOption(
      new Option("--precision <numbers>", "auto (those of the fixture), float32, bf16")
        .argParser(oneOf("auto", "float32", "bf16")).default("auto" as const),
    )
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from")
    .action(async (fixture, options) => {
      const stored = await readSafetensors(userPath(fixture));
      await startNative();
      const { device } = choosePlacement({ device: options.device });
      const groups = await checkParity(stored, { device, precision: options.precision });
      const passed = groups.every((group) => group.passed);
      console.log(options.json ? JSON.stringify({ passed, groups }) : report(groups));
      if (!passed) Deno.exitCode = 1;
    });
}

function report(groups: readonly ParityGroup[]): string {
  return table(
    ["group", "largest error", "limit", "", "of"],
    groups.map(({ group, error, limit, passed, worst }) => [
      group,
      error.toExponential(2),
      limit.toExponential(2),
      passed ? "ok" : "WRONG",
      worst,
    ]),
  );
}
