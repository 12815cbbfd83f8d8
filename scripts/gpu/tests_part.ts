/** The test suite, without what a machine without a network cannot run. */
import { join } from "../../src/files/paths.ts";
import { filesBelow } from "./archive.ts";
import { type Check, type Found, look, type Part, type Setting } from "./check.ts";
import { tryProgram } from "./run_program.ts";

/** What only a GPU shows. */
const gpuTests = "tests/training/cuda_test.ts";

/** Left out, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  "tests/cli/train_visdom_test.ts": "installs a visdom server from the network",
  "tests/visdom/visdom_reporter_test.ts": "installs a visdom server from the network",
  "tests/library_test.ts": "lets Deno look the packages of another project up in the network",
  "tests/sets/fonts/install_fonts_test.ts": "fetches the font packages from the network",
  "tests/sets/fonts/make_fonts_set_test.ts": "draws from the font packages, which it would fetch",
};

/**
 * Tests of commands, in processes of their own, take half of the time: they are a part of their
 * own.
 */
const commands = /^tests\/cli\//;

/** The GPU's tests, and all but those of commands. */
export async function testsPart(setting: Setting): Promise<Check[]> {
  for (const [file, why] of Object.entries(leftOut)) {
    console.error(`tests: ${file} is left out: ${why}`);
  }
  const files = testFiles(setting.project).filter((file) => file !== gpuTests);
  const wanted = setting.isCuda ? "all pass" : "skipped: no GPU";
  return [
    await look("tests", "on the GPU", wanted, () => test([gpuTests], setting)),
    await lookAtFiles("tests", files.filter((file) => !commands.test(file)), setting),
  ];
}

/** The tests of commands. */
export async function commandsPart(setting: Setting): Promise<Check[]> {
  const files = testFiles(setting.project).filter((file) => commands.test(file));
  return [await lookAtFiles("commands", files, setting)];
}

async function lookAtFiles(
  part: Part,
  files: readonly string[],
  setting: Setting,
): Promise<Check> {
  const what = `${files.length} files of tests (of all, ${
    Object.keys(leftOut).length
  } are left out)`;
  return await look(part, what, "all pass", () => test(files, setting));
}

/** The files of tests, but those that are left out. */
export function testFiles(project: string): string[] {
  return filesBelow(join(project, "tests"))
    .map((file) => `tests/${file}`)
    .filter((file) => file.endsWith("_test.ts") && !(file in leftOut));
}

async function test(files: readonly string[], { project, out }: Setting): Promise<Found> {
  const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-run=deno"];
  const args = ["run", "--quiet", ...permissions, "scripts/run_tests.ts", ...files];
  const { code, stdout, said } = await tryProgram("deno", args, {
    cwd: project,
    log: join(out, "tests.log"),
    show: true,
  });
  const summary = stdout.trim().split("\n").at(-1) ?? "";
  const counted = /^\d+ passed, \d+ failed/.test(summary);
  return { passed: code === 0 && counted, found: counted ? summary : said };
}
