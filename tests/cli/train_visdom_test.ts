/** A real training against the real visdom server. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { runPath } from "../../src/cli/paths.ts";
import type { EpochMetrics } from "../../src/training/metrics.ts";
import { VisdomClient } from "../../src/visdom/visdom_client.ts";
import { CliProcess, runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";
import { replay, VisdomServer } from "../helpers/visdom_server.ts";

const name = "test-train-visdom";
const run = runPath(name);

function trainArguments(data: string, port: number, epochs: number): string[] {
  return [
    ...[
      "train",
      "--data",
      data,
      "--name",
      name,
      "--overwrite",
      "--learned",
      "--image-size",
      "16",
      "--batch-size",
      "16",
    ],
    ...[
      "--num-traintriplets",
      "128",
      "--lr",
      "1e-3",
      "--epochs",
      String(epochs),
      "--log-interval",
      "1",
    ],
    ...["--visdom", "--visdom-port", String(port)],
  ];
}

async function metrics(): Promise<EpochMetrics[]> {
  const text = await Deno.readTextFile(join(run, "metrics.jsonl"));
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

/** x and y of a trace, without the first point's double. */
async function points(port: number, win: string, eid: string, trace: string): Promise<number[][]> {
  const window = await new VisdomClient({ server: "http://127.0.0.1", port }).windowData(
    win,
    eid,
  ) as {
    content: { data: { name: string; x: number[]; y: number[] }[] };
  };
  const { x, y } = window.content.data.find((each) => each.name === trace)!;
  const from = x.length > 1 && x[0] === x[1] ? 1 : 0;
  return x.slice(from).map((each, i) => [each, y[i + from]]);
}

async function assertShown(port: number): Promise<void> {
  const rows = await metrics();
  const expected: [string, string, string, (row: EpochMetrics) => number][] = [
    ["lr", name, "learning rate", (row) => row.learningRate],
    ["acc", name, "train", (row) => row.train.accuracy],
    ["acc", name, "test", (row) => row.validation.accuracy],
    ["loss", name, "train", (row) => row.train.loss],
    ["loss", name, "test", (row) => row.validation.loss],
    ["emb_norms", name, "train", (row) => row.train.embeddingNorm],
    ["mask_norms", name, "train", (row) => row.train.maskNorm],
    ["accs", name, "acc_0", (row) => row.validation.notions[0].accuracy],
    ["accs", name, "acc_1", (row) => row.validation.notions[1].accuracy],
    [name, "overview", name, (row) => row.validation.accuracy],
  ];
  for (const [win, eid, trace, value] of expected) {
    assert.deepEqual(
      await points(port, win, eid, trace),
      rows.map((row) => [row.epoch, value(row)]),
      `${win}, ${trace}`,
    );
  }
}

Deno.test("train --visdom shows in a real server what metrics.jsonl says, also when it was killed in mid-run", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data);
  try {
    const first = await VisdomServer.start(join(folder.path, "visdom"));
    const { port } = first;
    const training = new CliProcess(trainArguments(data, port, 7));
    await training.printed(/Train Epoch: 2 /);
    await first[Symbol.asyncDispose]();
    await training.printed(/Train Epoch: 4 /);
    await using second = await VisdomServer.start(join(folder.path, "visdom"), { port });
    const { code, stderr } = await training.ended();
    assert.equal(code, 0, stderr);
    assert.equal((await metrics()).length, 7);
    await assertShown(second.port);
    const warnings = stderr.split("\n").filter((line) => line.includes("visdom"));
    assert.equal(warnings.length, 1, stderr);

    // A resumed run goes on in the same windows, and its log replays into a fresh server.
    const resumed = await runCli([
      "train",
      "--resume",
      join(run, "checkpoint"),
      "--epochs",
      "9",
      "--visdom",
      "--visdom-port",
      String(port),
    ]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal((await metrics()).length, 9);
    await assertShown(second.port);
    await using third = await VisdomServer.start(join(folder.path, "fresh"));
    await replay(join(run, "visdom.jsonl"), third.port);
    await assertShown(third.port);
  } finally {
    await Deno.remove(run, { recursive: true }).catch(() => {});
  }
});

Deno.test("train --visdom without a server warns once and goes on", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data);
  try {
    const { code, stderr } = await runCli(trainArguments(data, 1, 3));
    assert.equal(code, 0, stderr);
    assert.equal(
      stderr.split("\n").filter((line) =>
        line.includes("visdom at http://127.0.0.1:1 cannot be reached")
      ).length,
      1,
      stderr,
    );
    assert.equal((await metrics()).length, 3);
  } finally {
    await Deno.remove(run, { recursive: true }).catch(() => {});
  }
});
