import assert from "node:assert/strict";
import { projectFolder, runPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** What `get` gives while CSN_RUNS is `chosen`. */
function withRuns<Value>(chosen: string | undefined, get: () => Value): Value {
  const before = Deno.env.get("CSN_RUNS")!;
  if (chosen === undefined) Deno.env.delete("CSN_RUNS");
  else Deno.env.set("CSN_RUNS", chosen);
  try {
    return get();
  } finally {
    Deno.env.set("CSN_RUNS", before);
  }
}

Deno.test("runPath() takes --runs before CSN_RUNS, and runs/ of csn without either", () => {
  const own = join(projectFolder, "runs", "x");
  assert.equal(withRuns(undefined, () => runPath("x")), own);
  assert.equal(withRuns("", () => runPath("x")), own);
  assert.equal(withRuns("/scratch/runs", () => runPath("x")), "/scratch/runs/x");
  assert.equal(withRuns("/scratch/runs", () => runPath("x", "/mine")), "/mine/x");
});

Deno.test("tests of commands write no run into the user's runs/", () => {
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
