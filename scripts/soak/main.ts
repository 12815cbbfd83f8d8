/** `deno task soak`: csn against spoilt files, kills, faults of the machine, and long work. */
import { Command, Option } from "@commander-js/extra-typings";
import { Interruption } from "../../src/cli/interruption.ts";
import { number, oneOf, wholeNumber } from "../../src/cli/options.ts";
import { messageOf } from "../../src/base/errors.ts";
import { userPath } from "../../src/cli/paths.ts";
import { runCommand } from "../../src/cli/run_command.ts";
import { faultsPart } from "./faults_part.ts";
import { killsPart } from "./kills_part.ts";
import { type Amounts, isOver, type Part, parts, type Row, type Soak } from "./part.ts";
import { parsersPart } from "./parsers_part.ts";
import { sanitizersPart } from "./sanitizers_part.ts";
import { stepsPart } from "./steps_part.ts";
import { merged, report } from "./table.ts";

const run: Readonly<Record<Part, (soak: Soak) => Promise<Row[]>>> = {
  parsers: parsersPart,
  kills: killsPart,
  steps: stepsPart,
  faults: faultsPart,
  sanitizers: sanitizersPart,
};

/** Some minutes. */
const short: Amounts = { inputs: 5000, kills: 6, faults: 8, steps: 1000, sanitizers: false };

/** What is to be done when hours are given. */
const long: Amounts = {
  inputs: 1_000_000,
  kills: 100,
  faults: 50,
  steps: 10_000,
  sanitizers: true,
};

/**
 * Parts that run side by side when hours are given, each after those before it; `end` is the share
 * of the hours after which a part begins nothing more.
 */
const lanes: readonly (readonly { readonly part: Part; readonly end: number }[])[] = [
  [{ part: "parsers", end: 1 }],
  [{ part: "kills", end: 0.7 }, { part: "faults", end: 1 }],
  [{ part: "steps", end: 1 }],
  [{ part: "sanitizers", end: 1 }],
];

/** Share of the hours after which another parser is tried. */
const turn = 1 / 30;

const program = new Command("soak")
  .description(
    "try spoilt files, kills, faults of the machine and long work: a table, and exit code 1 when anything is found",
  )
  .option(
    "--hours <hours>",
    "the long form (a million inputs a parser, 100 kills) as far as it comes in these hours; what is left of them goes to the short form with other seeds (default: the short form once)",
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
    const usual = hours === undefined ? short : long;
    const { inputs, kills, faults, steps } = { ...usual, ...flags };
    const sanitizers = usual.sanitizers || flags.parts?.includes("sanitizers") === true;
    const amounts = { inputs, kills, faults, steps, sanitizers };
    // So that the table of what was tried is printed.
    using interruption = new Interruption(() =>
      console.error("stopped: what is being tried is left; the table follows")
    );
    const stop = interruption.signal;
    const soak: Soak = {
      ...{ amounts, seed, only, path, keep: userPath(flags.keep), until: Infinity, stop },
      turn: Infinity,
      notice: (text) => console.error(text),
    };
    const some = flags.parts ?? parts;
    const rows = hours === undefined
      ? await runParts(some, soak)
      : await runLong(some, { ...soak, turn: 3600 * hours * turn }, hours);
    console.log(report(merged(rows)));
    const isFound = rows.some(({ findings }) => findings.length > 0);
    Deno.exitCode = isFound ? 1 : interruption.exitCode ?? 0;
  });

await runCommand(program, Deno.args);

async function runParts(chosen: readonly Part[], soak: Soak): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of parts) {
    if (chosen.includes(part) && !soak.stop.aborted) rows.push(...await runPart(part, soak));
  }
  return rows;
}

/** A part; one that cannot go on must not take the others' rows with it. */
async function runPart(part: Part, soak: Soak): Promise<Row[]> {
  const began = performance.now();
  try {
    return await run[part](soak);
  } catch (error) {
    // Ctrl-C reaches the commands that are tried, too.
    if (soak.stop.aborted) return [];
    const again = `deno task soak --parts ${part} --seed ${soak.seed}`;
    const findings = [{ what: `${part} breaks off: ${messageOf(error)}`, again }];
    const seconds = (performance.now() - began) / 1000;
    return [{ part, tried: "all", count: 0, findings, seconds }];
  }
}

/** Every lane until its hours are over; what is left of them goes to the short form. */
async function runLong(some: readonly Part[], soak: Soak, hours: number): Promise<Row[]> {
  const began = performance.now();
  const endingAt = (share: number): Soak => ({ ...soak, until: began + share * hours * 3_600_000 });
  const runLane = async (lane: typeof lanes[number]) => {
    const rows: Row[] = [];
    for (const { part, end } of lane) {
      if (some.includes(part) && !soak.stop.aborted) {
        rows.push(...await runPart(part, endingAt(end)));
      }
    }
    return rows;
  };
  const rows = (await Promise.all(lanes.map(runLane))).flat();
  // The seeds of a round are far from those of the next.
  for (let round = 1; !isOver(endingAt(1)); round++) {
    const seed = soak.seed + 1_000_000 * round;
    rows.push(...await runParts(some, { ...endingAt(1), amounts: short, seed }));
  }
  return rows;
}
