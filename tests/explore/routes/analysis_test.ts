import assert from "node:assert/strict";
import { analyseModel } from "../../../src/analysis/analyse_model.ts";
import { Analyses } from "../../../src/explore/analyses.ts";
import { openExplored } from "../../../src/explore/explored.ts";
import { cacheFolder } from "../../../src/files/cache.ts";
import { join } from "../../../src/files/paths.ts";
import { Model } from "../../../src/model/model.ts";
import { readModelFile } from "../../../src/model/model_file.ts";
import { type ExploredRun, exploredRun } from "../../helpers/explored_run.ts";
import { writeTaughtModel } from "../../helpers/tiny_model.ts";

/** Begins the computation, with the token of the page's address unless another is given. */
function begin(run: ExploredRun, token = run.token) {
  return run.ask("/api/analysis/begin?split=test", {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
}

/** The file of the cache that keeps what was measured on a set. */
async function keptFileOf(set: string): Promise<string> {
  const folder = join(cacheFolder(), "analyses");
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(join(folder, name)).catch(() => "");
    if (text.includes(JSON.stringify(set))) return join(folder, name);
  }
  throw new Error(`nothing is kept of ${set}`);
}

/** What the state comes to once nothing is running any more. */
async function settled(run: ExploredRun, path = "/api/analysis?split=test") {
  for (;;) {
    const { body } = await run.ask(path);
    if (body.state !== "running") return body;
  }
}

Deno.test("analysisRoutes() compute accuracy and leakage when asked to, as the report has them, and keep them", async () => {
  await using run = await exploredRun();
  assert.deepEqual((await run.ask("/api/analysis")).body, {
    ...{ state: "unknown", stale: null, refusal: null },
  });
  assert.equal((await begin(run, "another")).status, 401);
  assert.equal((await begin(run)).body.state, "running");
  const { state, error, analysis } = await settled(run);
  assert.equal(state, "known", error);
  const expected = await analyseModel(await readModelFile(run.explored.model.path), {
    data: run.set,
  });
  assert.equal(analysis.from, "computed");
  assert.deepEqual(analysis.triplets, expected.triplets);
  const { all, notions } = expected.accuracy;
  assert.deepEqual(
    analysis.accuracy,
    [all, ...notions].map(({ value, low, high }) => ({ value, low, high })),
  );
  assert.deepEqual(
    analysis.leakage.error.map((row: { value: number }[]) => row.map(({ value }) => value)),
    expected.leakage.error,
  );
  assert.deepEqual(analysis.leakage.baseline, expected.leakage.baseline);
  // What was computed before is there again at once; of other triplets, or damaged, it is not.
  assert.equal((await run.ask("/api/analysis")).body.state, "known");
  const kept = await keptFileOf(run.set);
  const text = await Deno.readTextFile(kept);
  for (const damaged of ["{}", "null", text.slice(0, -1)]) {
    await Deno.writeTextFile(kept, damaged);
    assert.equal((await run.ask("/api/analysis")).body.state, "unknown");
  }
  await Deno.writeTextFile(kept, text);
  const list = join(run.set, "tripletlists", "shape_tripletlist_test.txt");
  const lines = await Deno.readTextFile(list);
  await Deno.writeTextFile(list, lines + lines.split("\n")[0] + "\n");
  assert.equal((await run.ask("/api/analysis")).body.state, "unknown");
});

Deno.test("analysisRoutes() give the analysis of the report beside the model, if it is of this model", async () => {
  await using run = await exploredRun();
  const file = await readModelFile(run.explored.model.path);
  const found = await analyseModel(file, { data: run.set });
  const report = join(run.runs, "own", "report");
  await Deno.mkdir(report);
  const write = (value: unknown) =>
    Deno.writeTextFile(join(report, "analysis.json"), JSON.stringify(value, null, 1));
  await write(found);
  const { body } = await run.ask("/api/analysis?split=test");
  assert.deepEqual([body.state, body.analysis.from, body.analysis.data], [
    ...["known", "report", run.set],
  ]);
  assert.equal(body.analysis.accuracy[1].value, found.accuracy.notions[0].value);
  const { body: val } = await run.ask("/api/analysis?split=val");
  assert.equal(val.stale, "The report beside the model is of the test split");
  await write({ ...found, model: { ...found.model, epoch: 1 } });
  const { body: older } = await run.ask("/api/analysis?split=test");
  assert.match(older.stale, /^The report beside the model is of epoch 1 of .*, not of this model$/);
  await write({ ...found, accuracy: 7 });
  assert.match((await run.ask("/api/analysis")).body.stale, /is damaged$/);
});

Deno.test("analysisRoutes() say what failed, and try again when asked to", async () => {
  await using run = await exploredRun();
  const list = join(run.set, "tripletlists", "colour_tripletlist_test.txt");
  const right = await Deno.readTextFile(list);
  await Deno.writeTextFile(list, "1 2\n");
  await begin(run);
  const failed = await settled(run);
  assert.equal(failed.state, "failed");
  assert.match(failed.error, /colour_tripletlist_test\.txt/);
  await Deno.writeTextFile(list, right);
  await begin(run);
  assert.equal((await settled(run)).state, "known");
});

Deno.test("analysisRoutes() refuse a model whose file is another one now", async () => {
  await using run = await exploredRun();
  await Deno.copyFile(run.explored.model.path, join(run.runs, "copy"));
  await Deno.rename(join(run.runs, "copy"), run.explored.model.path);
  await begin(run);
  const { error } = await settled(run);
  assert.match(error, /is another model now than the one that is explored; start `explore` again$/);
});

Deno.test("Analyses says of a folder of images that it has no triplets", async () => {
  await using run = await exploredRun();
  const folder = join(run.set, "images");
  const analyses = new Analyses(await openExplored(run.explored.model, { among: folder }));
  const refusal =
    `Cannot measure accuracy and leakage: ${folder} is no image set, so it has no triplets; explore a set (\`among\`)`;
  assert.deepEqual(await analyses.state("test"), { state: "unknown", stale: null, refusal });
  assert.throws(() => analyses.begin("test"), { name: "CsnError", message: refusal });
});

Deno.test("Analyses measures a model with a taught notion by the notions that the set has", async () => {
  await using run = await exploredRun();
  const { path } = run.explored.model;
  using model = await Model.load(await writeTaughtModel(run.runs, path));
  const analyses = new Analyses(await openExplored(model, { among: run.set }));
  assert.deepEqual(await analyses.state("test"), {
    ...{ state: "unknown", stale: null, refusal: null },
  });
  analyses.begin("test");
  for (;;) {
    // Lets the computation go on.
    await new Promise((resolve) => setTimeout(resolve));
    const found = await analyses.state("test");
    if (found.state === "running") continue;
    assert.equal(found.state, "known");
    assert.deepEqual(found.state === "known" && found.analysis.notions, ["shape", "colour"]);
    return;
  }
});
