/** `test` in several real processes. */
import assert from "node:assert/strict";
import { join } from "../../../src/files/paths.ts";
import { runCli } from "../../helpers/run_cli.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { writeTinySet } from "../../helpers/tiny_set.ts";

Deno.test("test --processes measures what one process measures", async () => {
  await using folder = await TemporaryFolder.make();
  const [set, runs] = [join(folder.path, "my set"), join(folder.path, "runs")];
  await writeTinySet(set);
  const trained = await runCli([
    ...["train", "--data", set, "--name", "one", "--runs", runs, "--image-size", "16"],
    ...["--batch-size", "16", "--epochs", "1", "--threads", "1"],
  ]);
  assert.equal(trained.code, 0, trained.stderr);
  const test = async (...more: string[]) => {
    const args = ["test", "--resume", join(runs, "one", "model_best"), "--threads", "1", "--json"];
    const { code, stdout, stderr } = await runCli([...args, ...more]);
    assert.equal(code, 0, stderr);
    const { seconds: _, ...measured } = JSON.parse(stdout);
    return measured;
  };
  const alone = await test();
  assert.ok(alone.triplets > 0);
  assert.deepEqual(await test("--processes", "3"), alone);
});
