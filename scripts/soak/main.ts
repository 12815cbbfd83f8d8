/** `deno task soak`: csn against spoilt files, kills, faults of the machine, and long work. */
import { Command, Option } from "@commander-js/extra-typings";
import { number, oneOf, wholeNumber } from "../../src/cli/options.ts";
import { duration, table } from "../../src/cli/format.ts";
import { userPath } from "../../src/cli/paths.ts";
import { runCommand } from "../../src/cli/run_command.ts";
import { faultsPart } from "./faults_part.ts";
import { killsPart } from "./kills_part.ts";
import { type Amounts, type Part, parts, type Row, type Soak } from "./part.ts";
import { sanitizersPart } from "./sanitizers_part.ts";
import { stepsPart } from "./steps_part.ts";
import { parsersPart } from "./parsers_part.ts";

const run: Readonly<Record<Part, (soak: Soak) => Promise<Row[]>>> = {
  parsers: parsersPart,
  kills: killsPart,
  steps: stepsPart,
  faults: faultsPart,
  sanitizers: sanitizersPart,
};

/** Some minutes. */
const short: Amounts = { inputs: 5000, kills: 6, faults: 8, steps: 1000, sanitizers: false };

/** What is done at least when hours are given. */
const long: Amounts = {
  inputs: 1_000_000,
  kills: 100,
  faults: 50,
  steps: 10_000,
  sanitizers: true,
};

const program = new Command("soak")
  .description(
    "hold csn against spoilt files, kills, faults of the machine and long work: a table, and exit code 1 when anything is found",
  )
  .option(
    "--hours <hours>",
    "the long form (a million inputs a parser, 100 kills), then the short one again with other seeds until the hours are over (default: the short form once)",
    number(0, true),
  )
  .addOption(
    new Option("--parts <parts...>", `some of ${parts.join(", ")} (default: all)`)
      .argParser((text, before: Part[] | undefined) => [...before ?? [], oneOf(...parts)(text)]),
  )
  .option("--only <names...>", "some parsers, commands or sanitizers of the parts, by name")
  .option("--seed <n>", "decides every input and every moment", wholeNumber(0), 1)
  .option("--path <path>", "with --only: the one input that fast-check calls so")
  .option("--inputs <n>", "inputs of each parser", wholeNumber(1))
  .option("--kills <n>", "commands that are killed", wholeNumber(1))
  .option("--faults <n>", "commands that meet a fault of the machine", wholeNumber(1))
  .option("--steps <n>", "training steps", wholeNumber(1))
  .option("--keep <folder>", "where what went wrong is kept", "soak")
  .option("--verbose", "show where an error came from")
  .action(async (flags) => {
    const { hours, seed, only = [], path } = flags;
    const until = performance.now() + (hours ?? 0) * 3_600_000;
    const usual = hours === undefined ? short : long;
    const { inputs, kills, faults, steps } = { ...usual, ...flags };
    const sanitizers = usual.sanitizers || flags.parts?.includes("sanitizers") === true;
    const amounts = { inputs, kills, faults, steps, sanitizers };
    const soak: Soak = {
      ...{ amounts, seed, only, path, keep: userPath(flags.keep) },
      notice: (text) => console.error(text),
    };
    const rows = await runParts(flags.parts ?? parts, soak);
    // The seeds of a round are far from those of the next.
    for (let round = 1; performance.now() < until; round++) {
      const again = { ...soak, amounts: short, seed: seed + 1_000_000 * round };
      rows.push(...await runParts(flags.parts ?? parts, again));
    }
    console.log(report(merged(rows)));
    if (rows.some(({ findings }) => findings.length > 0)) Deno.exitCode = 1;
  });

await runCommand(program, Deno.args);

async function runParts(chosen: readonly Part[], soak: Soak): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of parts) {
    if (chosen.includes(part)) rows.push(...await run[part](soak));
  }
  return rows;
}

/** A row for each thing that was tried, of all rounds. */
function merged(rows: readonly Row[]): Row[] {
  const byName = Map.groupBy(rows, ({ part, tried }) => `${part} ${tried}`);
  return [...byName.values()].map((same) => ({
    ...same[0],
    count: same.reduce((sum, { count }) => sum + count, 0),
    findings: same.flatMap(({ findings }) => findings),
    seconds: same.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
}

function report(rows: readonly Row[]): string {
  const lines = rows.map(({ part, tried, count, findings, seconds }) => [
    ...[part, tried, String(count), String(findings.length)],
    duration(seconds),
  ]);
  const findings = rows.flatMap((row) => row.findings).map(({ what, again }) =>
    `${what}\n    ${again}`
  );
  return [
    table(["part", "tried", "inputs or trials", "found", "time"], lines),
    findings.length === 0 ? "Nothing was found." : `Found:\n${findings.join("\n")}`,
  ].join("\n\n");
}
