import assert from "node:assert/strict";
import { dataFolder, projectFolder, runPath, setWord, shownPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** What `get` gives while a variable of the environment is `chosen`. */
function withVariable(
  name: "CSN_DATA" | "CSN_RUNS",
  chosen: string | undefined,
  get: () => string,
): string {
  const before = Deno.env.get(name)!;
  if (chosen === undefined) Deno.env.delete(name);
  else Deno.env.set(name, chosen);
  try {
    return get();
  } finally {
    Deno.env.set(name, before);
  }
}

Deno.test("dataFolder() is in CSN_DATA, and in data/ of csn without it", () => {
  const found = (chosen?: string) => withVariable("CSN_DATA", chosen, () => dataFolder("x"));
  assert.equal(found(), join(projectFolder, "data", "x"));
  assert.equal(found(""), join(projectFolder, "data", "x"));
  assert.equal(found("/scratch/sets"), "/scratch/sets/x");
});

Deno.test("runPath() takes --runs before CSN_RUNS, and runs/ of csn without either", () => {
  const found = (chosen?: string, runs?: string) =>
    withVariable("CSN_RUNS", chosen, () => runPath("x", runs));
  assert.equal(found(), join(projectFolder, "runs", "x"));
  assert.equal(found(""), join(projectFolder, "runs", "x"));
  assert.equal(found("/scratch/runs"), "/scratch/runs/x");
  assert.equal(found("/scratch/runs", "/mine"), "/mine/x");
});

Deno.test("shownPath() and setWord() give no word that would be taken for an option", () => {
  const here = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  assert.equal(shownPath(`${here}/-x/model_best`), "./-x/model_best");
  assert.equal(shownPath(`${here}/x-y`), "x-y");
  assert.equal(setWord("./-x"), "./-x");
  assert.equal(setWord("fonts"), "fonts");
  assert.equal(setWord("-my set/a"), "'./-my set/a'");
  // A bare name lies in data/.
  assert.equal(setWord("-x"), dataFolder("-x"));
});

Deno.test("tests of commands write no set into the user's data/, no run into runs/", () => {
  assert.ok(!dataFolder("x").startsWith(projectFolder), dataFolder("x"));
  assert.ok(!runPath("x").startsWith(projectFolder), runPath("x"));
});

Deno.test("train --runs writes the run there, and says where it can be tested", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"), { triplets: 16 });
  const { code, stdout, stderr } = await runCli([
    ...["train", "--data", "set", "--runs", "mine", "--name", "one", "--image-size", "16"],
    ...["--batch-size", "8", "--num-traintriplets", "16", "--epochs", "1", "--threads", "1"],
  ], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /--resume mine\/one\/model_best/);
  assert.ok((await Deno.stat(join(folder.path, "mine", "one", "model_best.safetensors"))).isFile);
});
