import assert from "node:assert/strict";
import { join } from "../../../src/files/paths.ts";
import { epochsDone, epochsPlanned, exploredRun } from "../../helpers/explored_run.ts";

Deno.test("curveRoutes() list the model's run and those beside it, and give what was added", async () => {
  await using run = await exploredRun();
  const { body: listed } = await run.ask("/api/runs");
  assert.deepEqual(listed, {
    runs: [{ name: "own", variant: "learned" }, { name: "other", variant: "standard" }],
    leftOut: 0,
  });
  const { body: all } = await run.ask("/api/epochs?run=own");
  assert.deepEqual([all.notions, all.planned], [["shape", "colour"], epochsPlanned]);
  assert.equal(all.rows.length, epochsDone);
  assert.deepEqual(all.rows.filter(({ isBest }: { isBest: boolean }) => isBest).length, 1);
  const since = `run=own&generation=${all.generation}&after=${all.rows.length}`;
  assert.deepEqual((await run.ask(`/api/epochs?${since}`)).body.rows, []);
  await run.addEpoch(5);
  const { body: added } = await run.ask(`/api/epochs?${since}`);
  assert.deepEqual(added.rows.map(({ epoch }: { epoch: number }) => epoch), [5]);
  const { body: other } = await run.ask("/api/epochs?run=other");
  assert.equal(other.rows.length, 3);
});

Deno.test("curveRoutes() take a run's name as no path", async () => {
  await using run = await exploredRun();
  await Deno.symlink(join(run.runs, "other"), join(run.runs, "link"));
  for (const name of ["", ".", "..", "../runs/other", "own/../other", "link", "/etc", "other/"]) {
    const { status, body } = await run.ask(`/api/epochs?run=${encodeURIComponent(name)}`);
    assert.equal(status, 404, name);
    assert.match(body.error, /^Cannot show the curves of .*: there is no such run$/);
  }
});

Deno.test("curveRoutes() say of a spoilt log what is wrong with it", async () => {
  await using run = await exploredRun();
  await Deno.writeTextFile(join(run.runs, "other", "metrics.jsonl"), "spoilt\n", { append: true });
  const { status, body } = await run.ask("/api/epochs?run=other");
  assert.equal(status, 422);
  assert.match(body.error, /^Cannot read metrics: .*other\/metrics\.jsonl:4: /);
});

Deno.test("curveRoutes() list no runs beside a model that is in no run's folder", async () => {
  await using run = await exploredRun({ hasRun: false });
  assert.deepEqual((await run.ask("/api/runs")).body, { runs: [], leftOut: 0 });
});
