/** The reporter against the real visdom server; a stand-in only where an answer must be slow or wrong. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import type { EpochMetrics } from "../../src/training/metrics.ts";
import { VisdomClient } from "../../src/visdom/visdom_client.ts";
import { VisdomReporter, type VisdomReporterOptions } from "../../src/visdom/visdom_reporter.ts";
import { epochRows } from "../helpers/epoch_rows.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { replay, VisdomServer } from "../helpers/visdom_server.ts";

const server = "http://127.0.0.1";
const run = {
  environment: "runs/one",
  name: "run <1>",
  notions: ["shape", "colour"],
  conditions: [0, 3],
};

function reporter(port: number, options: Partial<VisdomReporterOptions> = {}): VisdomReporter {
  return new VisdomReporter({ ...run, server, port, history: [], logFile: null, ...options });
}

interface Window {
  readonly title: string;
  readonly i: number;
  readonly content: {
    readonly data: { readonly name: string; readonly x: number[]; readonly y: number[] }[];
    readonly layout: { readonly xaxis?: { readonly title: unknown }; readonly barmode?: string };
  };
}

async function windows(port: number, environment: string): Promise<Record<string, Window>> {
  return await new VisdomClient({ server, port }).windowData(null, environment) as Record<
    string,
    Window
  >;
}

/** Traces as [name, [x, y]...], without the first point's double. */
function traces({ content }: Window): [string, [number, number][]][] {
  return content.data.map(({ name, x, y }) => {
    const points = x.map((each, i): [number, number] => [each, y[i]]);
    const doubled = points.length > 1 && points[0][0] === points[1][0];
    return [name, doubled ? points.slice(1) : points];
  });
}

async function assertWhole(port: number, rows: readonly EpochMetrics[]): Promise<void> {
  const own = await windows(port, "runs_one");
  const line = (value: (row: EpochMetrics) => number) =>
    rows.map((row): [number, number] => [row.epoch, value(row)]);
  const expected: Record<string, [string, [number, number][]][]> = {
    lr: [["learning rate", line((row) => row.learningRate)]],
    acc: [["train", line((row) => row.train.accuracy)], [
      "test",
      line((row) => row.validation.accuracy),
    ]],
    loss: [["train", line((row) => row.train.loss)], ["test", line((row) => row.validation.loss)]],
    emb_norms: [["train", line((row) => row.train.embeddingNorm)]],
    mask_norms: [["train", line((row) => row.train.maskNorm)]],
    accs: [
      ["acc_0", line((row) => row.validation.notions[0].accuracy)],
      ["acc_3", line((row) => row.validation.notions[1].accuracy)],
    ],
  };
  for (const [win, wanted] of Object.entries(expected)) {
    assert.deepEqual(traces(own[win]), wanted, win);
  }
  const masked = rows.filter((row) => row.masks !== undefined);
  assert.deepEqual(
    Object.keys(own).sort(),
    [...Object.keys(expected), ...masked.map((row) => `masks_${row.epoch}`)].sort(),
  );
  for (const row of masked) {
    const { content, title } = own[`masks_${row.epoch}`];
    assert.equal(title, String(row.epoch));
    assert.equal(content.layout.barmode, "stack");
    assert.deepEqual(content.data.map(({ name, x, y }) => [name, x, y]), [
      ["shape", [1, 2, 3], row.masks![0]],
      ["colour", [1, 2, 3], row.masks![1]],
    ]);
  }
  const overview = await windows(port, "overview");
  assert.deepEqual(traces(overview[run.name]), [[
    run.name,
    line((row) => row.validation.accuracy),
  ]]);
}

Deno.test("VisdomReporter.report() shows in a real server's windows what the metrics say", async () => {
  await using folder = await TemporaryFolder.make();
  await using visdom = await VisdomServer.start(folder.path);
  const rows = epochRows(12);
  const posting = reporter(visdom.port, { listener: { warning: (text) => assert.fail(text) } });
  for (const row of rows) posting.report(row);
  await posting.close();
  await assertWhole(visdom.port, rows);
  const own = await windows(visdom.port, "runs_one");
  const order = Object.entries(own).toSorted(([, a], [, b]) => a.i - b.i).map(([win]) => win);
  assert.deepEqual(order.slice(0, 5), ["lr", "acc", "loss", "emb_norms", "mask_norms"]);
});

Deno.test("VisdomReporter.report() appends epoch by epoch and saves each on the server's disk", async () => {
  await using folder = await TemporaryFolder.make();
  await using visdom = await VisdomServer.start(folder.path);
  const rows = epochRows(3);
  const posting = reporter(visdom.port);
  for (const row of rows) {
    posting.report(row);
    await posting.settled();
    const saved = JSON.parse(await Deno.readTextFile(join(folder.path, "runs_one.json")));
    assert.equal(saved.jsons.lr.content.data[0].x.at(-1), row.epoch);
  }
  await posting.close();
  await assertWhole(visdom.port, rows);
});

Deno.test("VisdomReporter makes the windows whole after the server was killed and restarted, with one warning", async () => {
  await using folder = await TemporaryFolder.make();
  const rows = epochRows(6);
  const warnings: string[] = [];
  const first = await VisdomServer.start(folder.path);
  const posting = reporter(first.port, { listener: { warning: (text) => warnings.push(text) } });
  posting.report(rows[0]);
  await posting.settled();
  await first[Symbol.asyncDispose]();
  for (const row of rows.slice(1, 4)) {
    posting.report(row);
    await posting.settled();
  }
  // What it had saved must not be lost either: an empty folder is a server that forgot all.
  for (const other of [folder.path, join(folder.path, "empty")]) {
    await using again = await VisdomServer.start(other, { port: first.port });
    posting.report(rows[other === folder.path ? 4 : 5]);
    await posting.settled();
    await assertWhole(again.port, rows.slice(0, other === folder.path ? 5 : 6));
  }
  await posting.close();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /cannot be reached.*training goes on/);
});

Deno.test("VisdomReporter of a resumed run goes on in the same windows", async () => {
  await using folder = await TemporaryFolder.make();
  await using visdom = await VisdomServer.start(folder.path);
  const rows = epochRows(11);
  const before = reporter(visdom.port);
  for (const row of rows.slice(0, 7)) before.report(row);
  await before.close();
  // The run was cut back to epoch 5 by its checkpoint.
  const after = reporter(visdom.port, { history: rows.slice(0, 5) });
  for (const row of rows.slice(5)) after.report(row);
  await after.close();
  await assertWhole(visdom.port, rows);
});

Deno.test("VisdomReporter writes a log that visdom's own replay_log turns into the same windows", async () => {
  await using folder = await TemporaryFolder.make();
  const rows = epochRows(11);
  const logFile = join(folder.path, "visdom.jsonl");
  // No server is there, and the run is resumed once: the log holds all the same.
  for (
    const [history, more] of [[[], rows.slice(0, 4)], [rows.slice(0, 3), rows.slice(3)]] as const
  ) {
    const posting = reporter(1, { logFile, history });
    for (const row of more) posting.report(row);
    await posting.close();
  }
  await using visdom = await VisdomServer.start(join(folder.path, "server"));
  await replay(logFile, visdom.port);
  await assertWhole(visdom.port, rows);
});

Deno.test("VisdomClient logs in with VISDOM_USERNAME and VISDOM_PASSWORD, and says when it must", async () => {
  await using folder = await TemporaryFolder.make();
  const login = { username: "user", password: "secret" };
  await using visdom = await VisdomServer.start(folder.path, { login });
  await assert.rejects(
    new VisdomClient({ server, port: visdom.port }).ensureEnvironment("x"),
    /answered 400.*set VISDOM_USERNAME and VISDOM_PASSWORD/,
  );
  Deno.env.set("VISDOM_USERNAME", login.username);
  try {
    Deno.env.set("VISDOM_PASSWORD", "wrong");
    await assert.rejects(
      new VisdomClient({ server, port: visdom.port }).ensureEnvironment("x"),
      /refused the login of VISDOM_USERNAME=user/,
    );
    Deno.env.set("VISDOM_PASSWORD", login.password);
    const posting = reporter(visdom.port, { listener: { warning: (text) => assert.fail(text) } });
    posting.report(epochRows(1)[0]);
    await posting.close();
    await assertWhole(visdom.port, epochRows(1));
  } finally {
    Deno.env.delete("VISDOM_USERNAME");
    Deno.env.delete("VISDOM_PASSWORD");
  }
});

Deno.test("VisdomReporter makes windows whole that someone closed, and none out of the newest point alone", async () => {
  await using folder = await TemporaryFolder.make();
  await using visdom = await VisdomServer.start(folder.path);
  const rows = epochRows(3);
  const posting = reporter(visdom.port, { listener: { warning: (text) => assert.fail(text) } });
  posting.report(rows[0]);
  await posting.settled();
  const client = new VisdomClient({ server, port: visdom.port });
  await client.closeWindow("loss", run.environment);
  assert.equal(await client.windowExists("loss", run.environment), false);
  posting.report(rows[1]);
  await posting.settled();
  await assertWhole(visdom.port, rows.slice(0, 2));
  assert.equal((await windows(visdom.port, "runs_one")).loss.title, "loss");
  await client.closeWindow(run.name, "overview");
  posting.report(rows[2]);
  await posting.close();
  await assertWhole(visdom.port, rows);
});

Deno.test("VisdomReporter makes windows whole in an environment that a new server has already", async () => {
  await using folder = await TemporaryFolder.make();
  const rows = epochRows(2);
  const first = await VisdomServer.start(join(folder.path, "first"));
  const posting = reporter(first.port, { environment: "main" });
  posting.report(rows[0]);
  await posting.settled();
  await first[Symbol.asyncDispose]();
  await using second = await VisdomServer.start(join(folder.path, "second"), { port: first.port });
  // Another run has made the environment of all runs.
  await new VisdomClient({ server, port: second.port }).ensureEnvironment("overview");
  posting.report(rows[1]);
  await posting.close();
  const { acc } = await windows(second.port, "main");
  assert.equal(acc.title, "acc");
  assert.deepEqual(acc.content.data[0].x, [1, 2]);
  const overview = await windows(second.port, "overview");
  assert.deepEqual(overview[run.name].content.data[0].x, [1, 2]);
});

Deno.test("VisdomReporter takes away the mask bars of a run that this one replaces", async () => {
  await using folder = await TemporaryFolder.make();
  await using visdom = await VisdomServer.start(folder.path);
  const rows = epochRows(30);
  const replaced = reporter(visdom.port, { history: rows });
  await replaced.close();
  await assertWhole(visdom.port, rows);
  const posting = reporter(visdom.port, { history: rows.slice(0, 10) });
  await posting.settled();
  await assertWhole(visdom.port, rows.slice(0, 10));
  posting.report(rows[10]);
  await posting.close();
  await assertWhole(visdom.port, rows.slice(0, 11));
});

Deno.test("VisdomReporter logs in again when a restarted server has forgotten its login", async () => {
  await using folder = await TemporaryFolder.make();
  const login = { username: "user", password: "secret" };
  const rows = epochRows(2);
  Deno.env.set("VISDOM_USERNAME", login.username);
  Deno.env.set("VISDOM_PASSWORD", login.password);
  try {
    const first = await VisdomServer.start(join(folder.path, "first"), { login });
    const posting = reporter(first.port, { listener: { warning: (text) => assert.fail(text) } });
    posting.report(rows[0]);
    await posting.settled();
    await first[Symbol.asyncDispose]();
    await using second = await VisdomServer.start(join(folder.path, "second"), {
      port: first.port,
      login: { ...login, cookie: "another cookie" },
    });
    posting.report(rows[1]);
    await posting.settled();
    await assertWhole(second.port, rows);
    await posting.close();
  } finally {
    Deno.env.delete("VISDOM_USERNAME");
    Deno.env.delete("VISDOM_PASSWORD");
  }
});

/** A server that answers as `answer` says, or never. */
function standIn(
  answer: ((request: Request) => Response) | "never",
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    if (answer !== "never") return answer(request);
    return new Promise<Response>((resolve) =>
      request.signal.addEventListener("abort", () => resolve(new Response()))
    );
  });
}

for (
  const [what, answer] of [
    ["never answers", "never"],
    ["answers 500", () => new Response(null, { status: 500 })],
    ["answers with a sentence", () => new Response("win does not exist")],
  ] as const
) {
  Deno.test(`VisdomReporter is not held up by a server that ${what}, and warns once`, async () => {
    await using stand = standIn(answer);
    const warnings: string[] = [];
    const posting = reporter(stand.addr.port, {
      timeoutMs: 100,
      listener: { warning: (text) => warnings.push(text) },
    });
    for (const row of epochRows(5)) posting.report(row);
    await posting.settled();
    await posting.close(1000);
    assert.equal(warnings.length, 1, warnings.join("\n"));
  });
}

Deno.test("VisdomReporter.close() gives up when its time is over", async () => {
  await using stand = standIn("never");
  const warnings: string[] = [];
  const posting = reporter(stand.addr.port, {
    timeoutMs: 3_600_000,
    listener: { warning: (text) => warnings.push(text) },
  });
  posting.report(epochRows(1)[0]);
  // Without its limit this would wait for an hour.
  await posting.close(50);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /did not take everything/);
});

Deno.test("VisdomReporter.report() takes rows and listeners that are broken", async () => {
  await using stand = standIn(() => new Response(null, { status: 500 }));
  const posting = reporter(stand.addr.port, {
    listener: {
      warning: () => {
        throw new Error("no more paper");
      },
    },
  });
  const [row] = epochRows(1);
  posting.report({ ...row, validation: { ...row.validation, notions: [] } });
  await posting.close();
});

Deno.test("VisdomClient refuses an address that is none", () => {
  const refused: [string, RegExp][] = [
    ["localhost", /Cannot use the visdom server "localhost": .*http:\/\/127\.0\.0\.1/],
    ["ftp://there", /Cannot use the visdom server "ftp:\/\/there"/],
    ["http://there:9000", /its port is passed by itself/],
  ];
  for (const [address, message] of refused) {
    assert.throws(() => new VisdomClient({ server: address, port: 8097 }), {
      name: "UsageError",
      message,
    });
  }
});

Deno.test("VisdomClient puts the port before a path that the server is behind", () => {
  const address = (server: string, port: number) => new VisdomClient({ server, port }).address;
  assert.equal(address("http://127.0.0.1/", 8097), "http://127.0.0.1:8097");
  assert.equal(address("http://there/vis/", 8097), "http://there:8097/vis");
  assert.equal(address("http://there:8097", 8097), "http://there:8097");
  assert.equal(address("https://there", 443), "https://there");
});
