/** The library's messages in the command line's words: options as flags, functions as tasks. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { shellWord } from "../base/shell_word.ts";
import { basename } from "../files/paths.ts";

/**
 * Options that the command line calls otherwise; the first that the running command has counts.
 * "a or b" are two that decide together.
 */
const renamed: Readonly<Record<string, readonly string[]>> = {
  acceptGuesses: ["yes"],
  checkpoint: ["resume"],
  dimension: ["dimEmbed"],
  folder: ["out", "name", "export"],
  learningRate: ["lr"],
  notions: ["conditions", "notion"],
  out: ["out", "name or runs", "name"],
  path: ["out"],
  saveEveryMinutes: ["saveEvery"],
  timeoutSeconds: ["timeout"],
  token: ["tokenFile"],
  trainTriplets: ["numTraintriplets", "triplets"],
};

/** The task that does what a function does; its arguments go to the end, or in the place of "*". */
const tasks: Readonly<Record<string, string>> = {
  auditSet: "audit * --csv FILE",
  calibrateModel: "calibrate",
  compare: "compare",
  examine: "doctor",
  getZappos: "get-data zappos",
  indexTable: "index",
  makeFontsSet: "get-data fonts",
  makeReport: "report",
  makeTriplets: "make-triplets",
  start: "setup",
  sweep: "sweep",
  testModel: "test",
  train: "train",
  writeEmbeddings: "embed",
};

/** A text, which may hold a backtick, or any other letter of a value. */
const valueLetters = /(?:"(?:[^"\\]|\\.)*"|[^`"])*/.source;

/**
 * What the library writes in backticks: `option`, `option: value`, `task()`, `task({ option: value
 * })`.
 */
const inBackticks = new RegExp(
  `\`(?<task>\\w+)\\((?<given>${valueLetters})\\)\`` +
    `|\`(?<option>\\w+)(?:: (?<value>${valueLetters}))?\``,
  "g",
);

let running: CommandUnknownOpts | null = null;

/** From now on messages are put in the words of this command. */
export function speakFor(command: CommandUnknownOpts): void {
  running = command;
}

/**
 * Puts a message of the library in the words of the command that runs: `imageColumn` becomes
 * --image-column, `device: "cpu"` becomes --device cpu, and `makeTriplets()` becomes `deno task
 * make-triplets`. An option that the command does not have stays as it is.
 */
export function commandWords(message: string): string {
  return message.replaceAll(inBackticks, (whole, ...rest) => {
    const { task, given, option, value } = rest.at(-1) as Record<string, string | undefined>;
    try {
      if (task !== undefined) return taskCall(task, given!) ?? whole;
      return flagOf(option!, value) ?? whole;
    } catch {
      // A text of the user's, such as a cell, that only looks like it.
      return whole;
    }
  });
}

/** A call as a command; null for a function that no task does. */
function taskCall(name: string, given: string): string | null {
  if (!Object.hasOwn(tasks, name)) return null;
  const parts = given.matchAll(/(?:(\w+): )?("(?:[^"\\]|\\.)*"|[\w.]+)/g);
  const args = parts.map(([, option, value]) =>
    option === undefined
      ? shellWord(JSON.parse(value))
      : option === "out" && name === "train"
      ? withValue("--name", JSON.stringify(basename(JSON.parse(value))))
      : withValue(
        `--${kebab(Object.hasOwn(renamed, option) ? renamed[option].at(-1)! : option)}`,
        value,
      )
  ).toArray().join(" ");
  const task = tasks[name].includes("*")
    ? tasks[name].replace("*", () => args)
    : `${tasks[name]} ${args}`;
  return `\`deno task ${task.trimEnd()}\``;
}

/** An option as a flag of the running command; null when it has none. */
function flagOf(name: string, value?: string): string | null {
  if (name === "rules" && value !== undefined) return ruleWords(value);
  const isOff = value === "false";
  for (const each of Object.hasOwn(renamed, name) ? renamed[name] : [name]) {
    if (each.includes(" or ")) {
      const both = each.split(" or ").map((one) => flagOf(one));
      if (value === undefined && !both.includes(null)) return both.join(" or ");
      continue;
    }
    const found = running?.options.find((option) =>
      option.attributeName() === each && (isOff ? option.negate : !option.negate)
    );
    if (found?.long != null) return isOff ? found.long : withValue(found.long, value);
  }
  return null;
}

/**
 * A rule as the command line takes it: a type alone goes into --notion, more into the file of
 * --rules.
 */
function ruleWords(json: string): string | null {
  const flag = flagOf("rules");
  if (flag === null) return null;
  const [[column, rule]] = Object.entries<Record<string, unknown>>(JSON.parse(json));
  const isTypeAlone = Object.keys(rule).join() === "type";
  return isTypeAlone ? flagOf("notion", `${column}:${rule.type}`) : `${json} in ${flag}`;
}

/** A flag with the value that a message gives it, as JSON or in bare words. */
function withValue(flag: string, value?: string): string {
  if (value === undefined || value === "true") return flag;
  let meant: unknown = value;
  try {
    meant = JSON.parse(value);
  } catch {
    // Bare words stand as they are.
  }
  return `${flag} ${shellWord(Array.isArray(meant) ? meant.join(",") : String(meant))}`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
