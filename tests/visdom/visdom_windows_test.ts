import assert from "node:assert/strict";
import { newestPoints, type VisdomPost, wholeWindows } from "../../src/visdom/visdom_windows.ts";
import { epochRows } from "../helpers/epoch_rows.ts";

const run = {
  environment: "csn_demo",
  name: "csn_demo",
  notions: ["closure", "gender"],
  conditions: [1, 2],
};

/** What visdom's own client posts; the folder's README says by which calls. */
const recorded: { path: string; body: Record<string, unknown> }[] = Deno
  .readTextFileSync(new URL("../fixtures/visdom/python_client.jsonl", import.meta.url))
  .trim().split("\n").map((line) => JSON.parse(line));
const [created, appended, gap, bars] = recorded;

function find(posts: readonly VisdomPost[], win: string): VisdomPost["body"] {
  return posts.find(({ body }) => body.win === win)!.body;
}

/** `body` as it arrives. */
function sent(body: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(body));
}

Deno.test("wholeWindows() makes line windows as visdom's Python client does", () => {
  const [row] = epochRows(1);
  const lr = find(wholeWindows(run, [row]), "lr");
  const expected = structuredClone(created.body) as Record<string, never> & {
    data: Record<string, unknown>[];
  };
  const text = JSON.stringify({ ...expected, win: "lr" }).replaceAll('"acc"', '"lr"').replaceAll(
    '"train"',
    '"learning rate"',
  );
  const wanted = JSON.parse(text);
  wanted.data[0].x = [1, 1];
  wanted.data[0].y = [row.learningRate, row.learningRate];
  assert.deepEqual(sent(lr), wanted);
});

Deno.test("newestPoints() adds to traces as visdom's Python client does", () => {
  const [row] = epochRows(1);
  const point = newestPoints(run, row).find(({ body }) =>
    body.win === "acc" && body.name === "test"
  )!;
  const wanted = structuredClone(appended.body) as { data: Record<string, unknown>[] };
  wanted.data[0].y = [row.validation.accuracy];
  assert.equal(point.endpoint, "update");
  assert.deepEqual(sent(point.body), wanted);
});

Deno.test("newestPoints() sends NaN as a gap, as visdom's Python client does", () => {
  const [, , row] = epochRows(3);
  const broken = { ...row, train: { ...row.train, accuracy: NaN } };
  const point = newestPoints(run, broken).find(({ body }) =>
    body.win === "acc" && body.name === "train"
  )!;
  assert.deepEqual(sent(point.body), gap.body);
});

Deno.test("wholeWindows() stacks the masks of every tenth epoch as visdom's Python client stacks bars", () => {
  const posts = wholeWindows(run, epochRows(20));
  assert.deepEqual(
    posts.filter(({ body }) => body.win.startsWith("masks_")).map(({ body }) => body.win),
    ["masks_10", "masks_20"],
  );
  const found = sent(find(posts, "masks_10"));
  const wanted = bars.body as { data: Record<string, unknown>[]; layout: Record<string, unknown> };
  assert.deepEqual(Object.keys(found.layout as object).sort(), Object.keys(wanted.layout).sort());
  const data = found.data as Record<string, unknown>[];
  assert.deepEqual(
    data.map((trace) => Object.keys(trace).sort()),
    wanted.data.map((trace) => Object.keys(trace).sort()),
  );
  assert.deepEqual(data.map(({ name, x, y }) => [name, x, y]), [
    ["closure", [1, 2, 3], [1, 0.5, 0]],
    ["gender", [1, 2, 3], [0, 0.25, 10]],
  ]);
});

Deno.test("wholeWindows() has the reference code's windows, in its order, and one in overview", () => {
  const posts = wholeWindows(run, epochRows(2));
  assert.deepEqual(posts.map(({ body }) => [body.win, body.eid]), [
    ...["lr", "acc", "loss", "emb_norms", "mask_norms", "accs"].map((win) => [win, "csn_demo"]),
    ["csn_demo", "overview"],
  ]);
  const names = (find(posts, "accs").data as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(names, ["acc_1", "acc_2"]);
});

Deno.test("wholeWindows() escapes a run's name where the page takes it for HTML", () => {
  const posts = wholeWindows({ ...run, name: "<b>&" }, epochRows(1));
  const { layout, opts } = find(posts, "<b>&") as unknown as {
    layout: { title: string };
    opts: { title: string };
  };
  assert.deepEqual([layout.title, opts.title], ["&lt;b&gt;&amp;", "<b>&"]);
});
