import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { runSays, runsBeside } from "../../src/explore/runs_beside.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

async function writeRun(folder: string, config: unknown = {}): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "metrics.jsonl"), "");
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
}

Deno.test("runsBeside() lists the own run first and its neighbours by name, and nothing else", async () => {
  await using folder = await TemporaryFolder.make();
  const runs = join(folder.path, "runs");
  for (const name of ["b", "own", "a"]) await writeRun(join(runs, name));
  await Deno.mkdir(join(runs, "empty"));
  await Deno.writeTextFile(join(runs, "file"), "");
  // What lies elsewhere is no run beside, nor are metrics that do.
  await writeRun(join(folder.path, "elsewhere"));
  await Deno.symlink(join(folder.path, "elsewhere"), join(runs, "link"));
  await Deno.mkdir(join(runs, "linked"));
  await Deno.symlink(
    join(folder.path, "elsewhere", "metrics.jsonl"),
    join(runs, "linked", "metrics.jsonl"),
  );
  const found = await runsBeside(join(runs, "own"));
  assert.deepEqual(found.map(({ name }) => name), ["own", "a", "b"]);
  assert.deepEqual(
    found.map((run) => run.folder),
    ["own", "a", "b"].map((name) => join(runs, name)),
  );
});

Deno.test("runsBeside() finds none beside a model that lies in no run's folder", async () => {
  await using folder = await TemporaryFolder.make();
  await writeRun(join(folder.path, "a"));
  await Deno.mkdir(join(folder.path, "models"));
  assert.deepEqual(await runsBeside(join(folder.path, "models")), []);
});

Deno.test("runSays() says what config.json does, in older words too, and nothing of a broken one", async () => {
  await using folder = await TemporaryFolder.make();
  const run = join(folder.path, "run");
  await writeRun(run, { masks: "none", notions: ["a", "b"], epochs: 7 });
  assert.deepEqual(await runSays(run), { variant: "standard", notions: ["a", "b"], epochs: 7 });
  for (const text of ["{", "7", '{"notions": [1], "epochs": "7"}']) {
    await Deno.writeTextFile(join(run, "config.json"), text);
    assert.deepEqual(await runSays(run), { variant: null, notions: null, epochs: null });
  }
});
