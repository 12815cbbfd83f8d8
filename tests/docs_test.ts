/** What README.md and docs/ say: links, commands, options and examples are those that there are. */
import assert from "node:assert/strict";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { CommanderError } from "commander";
import { commands } from "../src/cli/commands.ts";
import { withDashes } from "../src/cli/options.ts";
import { exists } from "../src/files/exists.ts";
import { dirname, fromFileUrl, join, relative } from "../src/files/paths.ts";
import { TemporaryFolder } from "./helpers/temporary_folder.ts";

const project = dirname(dirname(fromFileUrl(import.meta.url)));

interface Page {
  /** Relative to the project. */
  readonly name: string;
  readonly lines: readonly string[];
}

/** Programs that tasks and scripts start besides csn's own commands. */
const programs = {
  bench: "scripts/bench/main.ts",
  soak: "scripts/soak/main.ts",
  coverage: "scripts/coverage/main.ts",
  gpu: "scripts/gpu/main.ts",
} as const;

/** Options of deno that the pages name. */
const denosOptions = ["--allow-", "--filter", "--help"];

/** Options of the launchers that start csn. */
const launchersOptions = [
  ...["--nnodes", "--nproc-per-node", "--rdzv-", "--no-python", "--standalone", "--max-restarts"],
  ...["--nodes", "--ntasks-per-node", "--gpus-per-node", "--cpus-per-task"],
];

async function readPages(): Promise<Page[]> {
  const docs = await Array.fromAsync(Deno.readDir(join(project, "docs")), ({ name }) => name);
  const names = [
    "README.md",
    ...docs.filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`),
  ];
  return await Promise.all(names.map(async (name) => ({
    name,
    lines: (await Deno.readTextFile(join(project, name))).split("\n"),
  })));
}

/** Lines that are text, not code; by number from 1. */
function proseOf({ lines }: Page): [number, string][] {
  let isFenced = false;
  return lines.flatMap((line, at): [number, string][] => {
    const isFence = line.startsWith("```");
    if (isFence) isFenced = !isFenced;
    return isFence || isFenced || line.startsWith("    ") ? [] : [[at + 1, line]];
  });
}

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: Page): Set<string> {
  const headings = proseOf(page).flatMap(([, line]) => /^#+ (.*)$/.exec(line)?.[1] ?? []);
  return new Set(
    headings.map((text) =>
      text.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")
    ),
  );
}

/** Links and pictures, also those whose text goes over a line's end. */
function linksOf(page: Page): string[] {
  const text = proseOf(page).map(([, line]) => line).join("\n").replace(/`[^`]*`/g, "code");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** The blocks of code between fences of a language. */
function blocksOf({ lines }: Page, language: string): string[] {
  const text = lines.join("\n");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))]
    .map(([, code]) => code);
}

/** The words after `deno task` of every command that a page shows, in a block or within a line. */
function commandsOf({ lines }: Page): string[][] {
  const text = lines.join("\n");
  const blocks = text.replaceAll(/\\\n\s*/g, "").split("\n")
    .flatMap((line) =>
      /^ {4,}(?:npx -y )?deno(?:@\S+)? task (.*?)(?:\s+#.*)?$/.exec(line)?.[1] ?? []
    );
  const spans = [...text.matchAll(/`deno task ([^`]+)`/g)].map(([, words]) => words);
  return [...blocks, ...spans].map((command) => command.trim().split(/\s+/));
}

/** Makes a command do nothing and throw what is wrong with its words, and its subcommands alike. */
function withoutAction(command: CommandUnknownOpts): CommandUnknownOpts {
  command.exitOverride().configureOutput({ writeOut: () => {}, outputError: () => {} });
  command.action(() => {});
  command.commands.forEach(withoutAction);
  return command;
}

/** What is wrong with the words of a command; null when it would run. */
async function faultOf([name, ...args]: readonly string[]): Promise<string | null> {
  if (Object.hasOwn(programs, name)) {
    const known = await optionsOfProgram(programs[name as keyof typeof programs]);
    const unknown = args.filter((word) => word.startsWith("--") && !known.includes(word));
    return unknown.length === 0 ? null : `unknown options ${unknown.join(" ")}`;
  }
  const entry = commands.find((entry) => entry.name === name);
  if (entry === undefined) return args.length === 0 ? null : "it takes no words";
  try {
    await withoutAction(await entry.load()).parseAsync(withDashes(args), { from: "user" });
    return null;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    return (error as Error).message;
  }
}

function optionsOf(command: CommandUnknownOpts): string[] {
  return [
    ...command.options.flatMap(({ long }) => long ?? []),
    ...command.commands.flatMap(optionsOf),
  ];
}

/** The options that a program's help names. */
async function optionsOfProgram(file: string): Promise<string[]> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", file, "--help"],
    cwd: project,
  }).output();
  assert.equal(code, 0, file);
  return [...new TextDecoder().decode(stdout).matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)]
    .map(([, option]) => option);
}

Deno.test("anchorsOf() names headings as GitHub does", () => {
  const page = { name: "x.md", lines: ["# Signals, and `--yes`", "## mAP (ρ)", "    # a comment"] };
  assert.deepEqual([...anchorsOf(page)], ["signals-and---yes", "map-ρ"]);
});

Deno.test("commandsOf() finds commands in blocks, over several lines, and within a line", () => {
  const lines = [
    "    deno task audit mine \\",
    "        --json   # why",
    "so `deno task",
    "doctor`",
  ];
  assert.deepEqual(commandsOf({ name: "x.md", lines: [...lines, "`deno task setup`"] }), [
    ["audit", "mine", "--json"],
    ["setup"],
  ]);
});

Deno.test("every link of README and docs leads to a file and a heading that are there", async () => {
  const pages = await readPages();
  const lost: string[] = [];
  for (const page of pages) {
    for (const link of linksOf(page)) {
      if (/^https?:/.test(link)) continue;
      const [path, anchor] = link.split("#");
      const file = path === ""
        ? page.name
        : relative(project, join(project, dirname(page.name), path));
      const target = pages.find(({ name }) => name === file);
      const isThere = await exists(join(project, file)) &&
        (anchor === undefined || (target !== undefined && anchorsOf(target).has(anchor)));
      if (!isThere) lost.push(`${page.name}: ${link}`);
    }
  }
  assert.deepEqual(lost, []);
});

Deno.test("README leads to every page of docs", async () => {
  const [readme, ...others] = await readPages();
  const links = linksOf(readme).map((link) => link.split("#")[0]);
  assert.deepEqual(others.map(({ name }) => name).filter((name) => !links.includes(name)), []);
});

Deno.test("every command of README and docs is a task, and takes the words that stand there", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(project, "deno.json")));
  const wrong: string[] = [];
  for (const page of await readPages()) {
    for (const words of commandsOf(page)) {
      if (words[0] === "<command>") continue;
      const fault = words[0] in tasks ? await faultOf(words) : "there is no such task";
      if (fault !== null) wrong.push(`${page.name}: deno task ${words.join(" ")}: ${fault}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("every option that README and docs name is one of a command", async () => {
  const own = await Promise.all(commands.map(async ({ load }) => optionsOf(await load())));
  const scripts = await Promise.all(Object.values(programs).map(optionsOfProgram));
  const known = new Set([...own, ...scripts].flat());
  const isKnown = (option: string) =>
    known.has(option) ||
    [...denosOptions, ...launchersOptions].some((each) =>
      option === each || each.endsWith("-") && option.startsWith(each)
    );
  const unknown = (await readPages()).flatMap(({ name, lines }) =>
    [...lines.join("\n").matchAll(/(?<![\w-])--[a-z][\w-]*/g)]
      .map(([option]) => option.replaceAll("_", "-"))
      .filter((option) => !isKnown(option))
      .map((option) => `${name}: ${option}`)
  );
  assert.deepEqual(unknown, []);
});

Deno.test("lines of README and docs have at most 100 columns, but for tables and links", async () => {
  const long = (await readPages()).flatMap(({ name, lines }) =>
    lines.flatMap((line, at) =>
      line.length <= 100 || line.startsWith("|") || /\]\(/.test(line) ? [] : [`${name}:${at + 1}`]
    )
  );
  assert.deepEqual(long, []);
});

Deno.test("every example of README and docs in TypeScript is right by its types", async () => {
  await using folder = await TemporaryFolder.make();
  const { exports } = JSON.parse(await Deno.readTextFile(join(project, "deno.json")));
  const doors = Object.entries(typeof exports === "string" ? { ".": exports } : exports);
  const imports = Object.fromEntries(
    doors.map(([door, file]) => [join("csn", door), join(project, file as string)]),
  );
  await Deno.writeTextFile(join(folder.path, "deno.json"), JSON.stringify({ imports }));
  const files: string[] = [];
  for (const page of await readPages()) {
    for (const [at, code] of blocksOf(page, "ts").entries()) {
      const file = `${page.name.replaceAll(/\W/g, "_")}_${at + 1}.ts`;
      await Deno.writeTextFile(join(folder.path, file), code);
      files.push(file);
    }
  }
  assert.ok(files.length > 0);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--no-lock", ...files],
    cwd: folder.path,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});
