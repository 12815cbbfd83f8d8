/** `deno task bench`: csn beside PyTorch on this machine, in turn, as ratios. */
import { cpus } from "node:os";
import { Command, Option } from "@commander-js/extra-typings";
import { number, oneOf, threadsOption, wholeNumber } from "../../src/cli/options.ts";
import { deviceOption } from "../../src/cli/placement_options.ts";
import { runCommand } from "../../src/cli/run_command.ts";
import { startNative } from "../../src/cli/start_native.ts";
import { messageOf, UsageError } from "../../src/base/errors.ts";
import { describeLibrary, openedParts } from "../../src/native/library.ts";
import { choosePlacement } from "../../src/model/choose_placement.ts";
import { measureWaits, spinCounts } from "./busy.ts";
import { measureTeaching } from "./teaching.ts";
import { isItem, type Item, itemNames, items, namedItems, withoutPytorch } from "./items.ts";
import { describePytorch, findPython, type Python } from "./pytorch.ts";
import { type Findings, type Machine, report } from "./report.ts";
import type { BenchOptions } from "./setting.ts";

const program = new Command("bench")
  .description("compare with PyTorch on the same machine: alternating runs, median ratios")
  .option(
    "--items <items...>",
    `what to compare, of ${itemNames.join(" ")} (default: all but ${namedItems.join(", ")})`,
  )
  .option(
    "--image-size <pixels...>",
    "sides of the images (default: 112, 64 and 32)",
    (text: string, before: number[] = []) => [...before, wholeNumber(16)(text)],
  )
  .option("--batch-size <n>", "triplets in a batch of training", wholeNumber(2), 32)
  .option("--repeats <n>", "timed runs of each", wholeNumber(1), 7)
  .option(
    "--length <factor>",
    "how long a timed run is; 1 is some five seconds on two cores",
    number(0, true),
    1,
  )
  .option(
    "--spin-counts <n...>",
    `GOMP_SPINCOUNTs of the item busy (default: ${spinCounts.join(" ")})`,
    (text: string, before: number[] = []) => [...before, wholeNumber(0)(text)],
  )
  .addOption(threadsOption)
  .addOption(deviceOption)
  .addOption(
    new Option(
      "--precision <numbers>",
      "numbers that csn computes in: auto (float32 on the CPU, bf16 on CUDA), float32, bf16",
    ).argParser(oneOf("auto", "float32", "bf16")).default("auto" as const),
  )
  .option("--python <command>", "python that has PyTorch (default: python3 with the pinned one)")
  .option("--json", "print one JSON object")
  .option("--verbose", "show where an error came from")
  .action(async (flags) => {
    const chosen = chosenItems(flags.items);
    const notice = (text: string) => console.error(text);
    await startNative(flags);
    const placement = choosePlacement(flags, { notice, warning: notice });
    const needsPytorch = chosen.some((item) => !withoutPytorch.includes(item));
    const python = needsPytorch
      ? await findPython(flags.python, notice)
      : { command: "python3", env: {} };
    const options: BenchOptions = {
      ...flags,
      sizes: flags.imageSize ?? [112, 64, 32],
      threads: describeLibrary().threads,
      placement,
      python,
      notice,
    };
    const machine = await describeMachine(options, needsPytorch ? python : null);
    const found: Findings = { machine, comparisons: [], waits: [], figures: [], failures: [] };
    for (const item of chosen) await compareItem(item, options, found);
    console.log(flags.json ? JSON.stringify(found) : report(found));
    if (found.failures.length > 0) Deno.exitCode = 1;
  });

await runCommand(program, Deno.args);

function chosenItems(given: readonly string[] | undefined): Item[] {
  const unknown = given?.find((item) => !isItem(item));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot compare "${unknown}": the items are ${
        itemNames.join(", ")
      }; pass --items with some of them`,
    );
  }
  return itemNames.filter((item) => given?.includes(item) ?? !namedItems.includes(item));
}

/** An item that fails must not cost the numbers of the others. */
async function compareItem(item: Item, options: BenchOptions, found: Findings): Promise<void> {
  try {
    if (item === "busy") found.waits.push(...await measureWaits(options));
    else if (item === "explore") {
      // Loaded late: no other item needs a browser.
      const { measureExploring } = await import("./explore.ts");
      found.figures.push(...await measureExploring(options));
    } else if (item === "teach") found.figures.push(...await measureTeaching(options));
    else found.comparisons.push(...await items[item](options));
  } catch (error) {
    const reason = messageOf(error);
    options.notice(`${item} could not be compared: ${reason}`);
    found.failures.push({ item, reason });
  }
}

async function describeMachine(
  { threads, placement }: BenchOptions,
  python: Python | null,
): Promise<Machine> {
  const { capability, processor } = describeLibrary();
  const pytorch = python === null ? null : await describePytorch(python);
  return {
    processor: cpus()[0]?.model ?? Deno.build.arch,
    cores: cpus().length,
    capability,
    features: processor,
    threads,
    device: placement.device,
    gpu: placement.device === "cpu" ? null : pytorch?.gpu ?? null,
    precision: placement.precision,
    libtorch: openedParts().libtorchVersion,
    pytorch: pytorch?.version ?? null,
  };
}
