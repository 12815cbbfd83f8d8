/** Ctrl-C while libtorch computes: every time a clean end, with its code and a whole checkpoint. */
import assert from "node:assert/strict";
import { runPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { Interruption } from "../../src/cli/interruption.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { CliProcess, type CliResult } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** Steps of some 300 ms: the signal comes in the middle of one. */
function trainArguments(data: string, name: string): string[] {
  return [
    ...["train", "--data", data, "--name", name, "--overwrite", "--learned", "--image-size", "64"],
    ...["--batch-size", "8", "--num-traintriplets", "128", "--epochs", "100"],
    ...["--log-interval", "1"],
  ];
}

async function withRun(
  name: string,
  test: (data: string, checkpoint: string) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const run = runPath(name);
  try {
    await test(folder.path, join(run, "checkpoint"));
  } finally {
    await Deno.remove(run, { recursive: true }).catch(() => {});
  }
}

Deno.test("train leaves with code 130 and a whole checkpoint each of 20 times that Ctrl-C comes in mid-step", async () => {
  // Two beside each other, of a thread each: starting takes most of the time.
  await Promise.all(
    [0, 1].map((beside) =>
      withRun(`test-interrupted-${beside}`, async (data, checkpoint) => {
        const name = `test-interrupted-${beside}`;
        for (let time = beside; time < 20; time += 2) {
          const training = new CliProcess([...trainArguments(data, name), "--threads", "1"]);
          // Another batch each time, so that the signal meets other parts of a step.
          await training.printed(/Train Epoch/, 1 + time % 3);
          training.kill("SIGINT");
          const { code, stderr } = await training.ended();
          assert.equal(code, 130, `time ${time}: ${stderr}`);
          const { state } = (await readModelFile(checkpoint)).info;
          assert.ok(state!.steps >= 1 + time % 3);
        }
      })
    ),
  );
});

Deno.test("train takes two Ctrl-C of the same moment for one, as deno task delivers them", () =>
  withRun("test-double", async (data, checkpoint) => {
    const training = new CliProcess(trainArguments(data, "test-double"));
    await training.printed(/Train Epoch/);
    training.kill("SIGINT");
    training.kill("SIGINT");
    const { code, stdout } = await training.ended();
    assert.equal(code, 130);
    assert.match(stdout, /Stopped and saved/);
    assert.ok((await readModelFile(checkpoint)).info.state!.steps >= 1);
  }));

/** Sends Ctrl-C again and again, as the impatient do, until the process is gone. */
async function insist(training: CliProcess): Promise<CliResult> {
  const timer = setInterval(() => {
    try {
      training.kill("SIGINT");
    } catch {
      // It is gone already.
    }
  }, 100);
  try {
    return await training.ended();
  } finally {
    clearInterval(timer);
  }
}

Deno.test("train leaves at once, in the middle of a step, at a Ctrl-C half a second after the first", () =>
  withRun("test-impatient", async (data) => {
    // One thread and large batches: a step takes seconds, much longer than the half second.
    const training = new CliProcess([
      ...["train", "--data", data, "--name", "test-impatient", "--overwrite", "--threads", "1"],
      ...["--batch-size", "48", "--num-traintriplets", "128", "--log-interval", "1"],
    ]);
    await training.printed(/Train Epoch: 1 /);
    const { code, stdout, stderr } = await insist(training);
    assert.equal(code, 130, stderr);
    assert.match(stderr, /stopping after this step/);
    assert.doesNotMatch(stdout, /Stopped and saved/);
  }));

Deno.test("train that cannot save when it is interrupted says so", () =>
  withRun("test-interrupted-full", async (data) => {
    const training = new CliProcess(trainArguments(data, "test-interrupted-full"), {
      mostFileBlocks: 2000,
    });
    await training.printed(/Train Epoch: 1 /);
    training.kill("SIGINT");
    const { code, stdout, stderr } = await training.ended();
    assert.equal(code, 1, stderr);
    assert.match(stderr, /stopping after this step/);
    assert.match(stderr, /error: Cannot write ".*checkpoint\.safetensors": .*disk space/);
    assert.doesNotMatch(stdout + stderr, /Stopped and saved|before training began/);
  }));

Deno.test("Interruption leaves at once at a second signal later than half a second, not at a repeat", () => {
  let nowMs = 1000;
  let announced = 0;
  const exits: number[] = [];
  using interruption = new Interruption(() => announced++, {
    nowMs: () => nowMs,
    exit: (code) => exits.push(code),
  });
  assert.equal(interruption.exitCode, null);
  interruption.hear("SIGINT");
  assert.ok(interruption.signal.aborted);
  assert.equal(interruption.exitCode, 130);
  nowMs = 1400;
  interruption.hear("SIGINT");
  assert.deepEqual(exits, []);
  nowMs = 1501;
  interruption.hear("SIGINT");
  interruption.hear("SIGTERM");
  assert.deepEqual(exits, [130, 143]);
  assert.equal(announced, 1);
});
