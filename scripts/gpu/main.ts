/** `scripts/gpu_check.sh run`: all that is to be known of csn on this GPU machine, in one table. */
import { cpus } from "node:os";
import { Command, Option } from "@commander-js/extra-typings";
import { oneOf } from "../../src/cli/options.ts";
import { projectFolder, userPath } from "../../src/cli/paths.ts";
import { runCommand } from "../../src/cli/run_command.ts";
import { join } from "../../src/files/paths.ts";
import { benchPart } from "./bench_part.ts";
import { type Check, type Part, parts, type Setting } from "./check.ts";
import { parityPart } from "./parity_part.ts";
import { type Machine, reportOf, reportText } from "./report.ts";
import { tryProgram } from "./run_program.ts";
import { setupPart } from "./setup_part.ts";
import { commandsPart, testsPart } from "./tests_part.ts";
import { trainPart } from "./train_part.ts";

const run: Readonly<Record<Part, (setting: Setting) => Promise<Check[]>>> = {
  setup: setupPart,
  parity: parityPart,
  tests: testsPart,
  commands: commandsPart,
  train: trainPart,
  bench: benchPart,
};

const program = new Command("gpu_check.sh run")
  .description(
    "check csn on this machine's GPU: parity with PyTorch, tests, training, speed; exit code 1 when something fails",
  )
  .option(
    "--out <folder>",
    "where results and logs go; parts that ran before are kept there",
    "gpu_check",
  )
  .addOption(
    new Option(
      "--only <parts...>",
      `some of ${parts.slice(1).join(", ")}; the shim is always built`,
    )
      .argParser((text, before: Part[] | undefined) => [...before ?? [], oneOf(...parts)(text)]),
  )
  .option("--device <device>", "cuda, cuda:N, or cpu for a small trial without a GPU", "cuda")
  .option("--verbose", "show where an error came from")
  .action(async (flags) => {
    const { device } = flags;
    const out = userPath(flags.out);
    await Deno.mkdir(out, { recursive: true });
    const setting = { device, isCuda: device !== "cpu", project: projectFolder, out };
    const chosen = parts.filter((part) =>
      part === "setup" || flags.only === undefined || flags.only.includes(part)
    );
    for (const part of chosen) {
      const checks = await run[part](setting);
      await Deno.writeTextFile(join(out, `${part}.json`), JSON.stringify(checks));
    }
    const all = parts.flatMap((part) => readPart(out, part));
    const report = reportOf(await describeMachine(), device, all);
    await Deno.writeTextFile(join(out, "gpu_check.json"), JSON.stringify(report, null, 2) + "\n");
    await Deno.writeTextFile(join(out, "gpu_check.txt"), reportText(report) + "\n");
    console.log(reportText(report));
    if (!report.passed) Deno.exitCode = 1;
  });

await runCommand(program, Deno.args);

function readPart(out: string, part: Part): Check[] {
  try {
    return JSON.parse(Deno.readTextFileSync(join(out, `${part}.json`)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function describeMachine(): Promise<Machine> {
  const ask = `
import json, torch
gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
print(json.dumps({"gpu": gpu, "torch": torch.__version__}))
`;
  const { code, stdout, said } = await tryProgram("python3", ["-c", ask]);
  const { gpu, torch } = code === 0 ? JSON.parse(stdout) : { gpu: null, torch: `none (${said})` };
  const madeFrom = join(projectFolder, ".gpu", "made_from.txt");
  return {
    gpu,
    torch,
    processor: cpus()[0]?.model ?? Deno.build.arch,
    cores: cpus().length,
    deno: Deno.version.deno,
    csn: (await Deno.readTextFile(madeFrom).catch(() => "of this work tree")).trim(),
  };
}
