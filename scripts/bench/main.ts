/** `deno task bench`: training speed of csn beside PyTorch's on this machine, alternating, as ratios. */
import { cpus } from "node:os";
import { Command, Option } from "@commander-js/extra-typings";
import { wholeNumber } from "../../src/cli/options.ts";
import { table } from "../../src/cli/format.ts";
import { runCommand } from "../../src/cli/run_command.ts";
import { startNative } from "../../src/cli/start_native.ts";
import { describeLibrary, openedParts } from "../../src/native/library.ts";
import { compareSteps, type Comparison } from "./compare_steps.ts";
import { pytorchFolder } from "./pytorch.ts";

const program = new Command("bench")
  .description(
    "compare training speed with PyTorch on the same machine: alternating runs, median ratios",
  )
  .option(
    "--image-size <pixels...>",
    "sides of the images (default: 112, 64 and 32)",
    (text: string, before: number[] = []) => [...before, wholeNumber(16)(text)],
  )
  .option("--batch-size <n>", "triplets in a batch", wholeNumber(1), 32)
  .option("--steps <n>", "steps in one timed run", wholeNumber(1), 4)
  .option("--repeats <n>", "timed runs of each", wholeNumber(2), 7)
  .option("--threads <n>", "processor threads (default: one a core)", wholeNumber(1))
  .addOption(
    new Option("--precision <numbers>", "numbers that csn computes in; PyTorch stays in float32")
      .choices(["float32", "bf16"]).default("float32" as const),
  )
  .option("--json", "print one JSON object")
  .option("--verbose", "show where an error came from")
  .action(async (flags) => {
    await startNative(flags);
    const pythonPath = await pytorchFolder((text) => console.error(text));
    const { threads, capability } = describeLibrary();
    const comparisons: Comparison[] = [];
    for (const imageSize of flags.imageSize ?? [112, 64, 32]) {
      comparisons.push(...await compareSteps({ ...flags, imageSize, threads, pythonPath }));
    }
    const machine = {
      processor: cpus()[0]?.model ?? Deno.build.arch,
      capability,
      threads,
      precision: flags.precision,
      libtorch: openedParts().libtorchVersion,
    };
    console.log(
      flags.json ? JSON.stringify({ machine, comparisons }) : report(machine, comparisons),
    );
  });

await runCommand(program, Deno.args);

function report(machine: Record<string, unknown>, comparisons: readonly Comparison[]): string {
  const number = (value: number) => value.toFixed(value < 10 ? 2 : 1);
  return [
    `${machine.processor}, ${machine.capability}, ${machine.threads} threads, libtorch ${machine.libtorch}, csn in ${machine.precision}, PyTorch in float32`,
    "",
    table(
      [
        "training step",
        "against PyTorch",
        "csn triplets/s",
        "PyTorch triplets/s",
        "ratio (median)",
        "least",
        "most",
      ],
      comparisons.map(({ imageSize, batchSize, variant, csn, pytorch, ratio }) => [
        `${imageSize} px, batch ${batchSize}`,
        variant,
        number(csn),
        number(pytorch),
        ratio.median.toFixed(3),
        ratio.least.toFixed(3),
        ratio.most.toFixed(3),
      ]),
    ),
    "",
    "eager: as the original (NCHW, Adam's loop); tuned: channels_last, fused Adam. A ratio above 1: csn is faster.",
  ].join("\n");
}
