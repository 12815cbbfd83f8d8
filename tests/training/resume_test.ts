/** A run that was killed or stopped and went on is, bit for bit, the run that was not. */
import assert from "node:assert/strict";
import { runPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { readSafetensors } from "../../src/tensor/safetensors.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { readMasks } from "../../src/training/mask_log.ts";
import { CliProcess, runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

const epochs = 3;

/** 16 batches an epoch, of two threads. */
function shortArguments(data: string, name: string, epochs: number): string[] {
  return [
    ...["train", "--data", data, "--name", name, "--overwrite", "--learned"],
    ...["--image-size", "16", "--batch-size", "8", "--num-traintriplets", "128", "--lr", "1e-3"],
    ...["--epochs", String(epochs), "--log-interval", "1", "--threads", "2"],
  ];
}

/** 12 batches an epoch, a checkpoint after every step, so that a kill leaves one inside the epoch. */
function trainArguments(data: string, name: string): string[] {
  return [
    ...shortArguments(data, name, epochs),
    ...["--num-traintriplets", "96", "--save-every", "0"],
  ];
}

function resumeArguments(name: string): string[] {
  return [
    ...["train", "--resume", checkpoint(name), "--log-interval", "1", "--save-every", "0"],
    ...["--threads", "2"],
  ];
}

function checkpoint(name: string): string {
  return join(folderOf(name), "checkpoint");
}

function folderOf(name: string): string {
  return runPath(name);
}

async function removeRuns(...names: string[]): Promise<void> {
  for (const name of names) await Deno.remove(folderOf(name), { recursive: true }).catch(() => {});
}

/** Metrics but for times. */
async function rows(name: string): Promise<unknown[]> {
  const text = await Deno.readTextFile(join(folderOf(name), "metrics.jsonl"));
  return text.trim().split("\n").map((line) => {
    const { seconds: _seconds, tripletsPerSecond: _speed, ...row } = JSON.parse(line);
    return row;
  });
}

/** Everything that must be equal: weights, moments and step counts, and the best model. */
async function assertSameRun(name: string, reference: string): Promise<void> {
  for (const file of ["checkpoint.safetensors", "model_best.safetensors"]) {
    const found = await readSafetensors(join(folderOf(name), file));
    const expected = await readSafetensors(join(folderOf(reference), file));
    assert.deepEqual(found.tensors, expected.tensors, `${name}, ${file}`);
  }
  assert.deepEqual(await rows(name), await rows(reference));
  const csv = (await Deno.readTextFile(join(folderOf(name), "metrics.csv"))).trim().split("\n");
  assert.equal(csv.length, epochs + 1);
  const [found, expected] = [await readMasks(folderOf(name)), await readMasks(folderOf(reference))];
  assert.deepEqual(found, expected);
  assert.equal(expected.length, epochs);
}

Deno.test("train killed in one epoch and stopped in another gives, resumed, the same weights and metrics", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const [straight, broken] = ["test-straight", "test-broken"];
  try {
    const whole = await runCli(trainArguments(folder.path, straight));
    assert.equal(whole.code, 0, whole.stderr);

    const killed = new CliProcess(trainArguments(folder.path, broken));
    await killed.printed(/Train Epoch: 2 \[16\//);
    killed.kill("SIGKILL");
    await killed.ended();
    const left = await readModelFile(checkpoint(broken));
    assert.equal(left.info.state!.epoch, 2);
    assert.ok(left.info.state!.sums.batches > 0);

    const stopped = new CliProcess(resumeArguments(broken));
    await stopped.printed(/Train Epoch: 3 \[16\//);
    stopped.kill("SIGINT");
    const { code, stdout } = await stopped.ended();
    assert.equal(code, 130);
    assert.match(stdout, /Go on with: deno task train --resume .*test-broken\/checkpoint/);

    const last = await runCli(resumeArguments(broken));
    assert.equal(last.code, 0, last.stderr);
    await assertSameRun(broken, straight);
  } finally {
    await removeRuns(straight, broken);
  }
});

Deno.test("train --resume with another --name goes on in a copy and leaves the original as it was", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const [original, copy] = ["test-original", "test-copy"];
  try {
    assert.equal((await runCli(shortArguments(folder.path, original, 2))).code, 0);
    const before = await Deno.readFile(`${checkpoint(original)}.safetensors`);
    const { code, stderr } = await runCli([
      ...["train", "--resume", checkpoint(original), "--name", copy, "--epochs", "3"],
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await Deno.readFile(`${checkpoint(original)}.safetensors`), before);
    assert.equal((await rows(original)).length, 2);
    assert.deepEqual((await rows(copy)).slice(0, 2), await rows(original));
    assert.equal((await rows(copy)).length, 3);
    assert.equal((await readModelFile(checkpoint(copy))).info.config.name, copy);
  } finally {
    await removeRuns(original, copy);
  }
});

Deno.test("train stopped by SIGTERM saves and exits with 143", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const name = "test-sigterm";
  try {
    const training = new CliProcess(shortArguments(folder.path, name, epochs));
    await training.printed(/Train Epoch/, 3);
    training.kill("SIGTERM");
    const { code } = await training.ended();
    assert.equal(code, 143);
    const { state } = (await readModelFile(checkpoint(name))).info;
    assert.ok(state!.steps >= 3 && state!.epoch <= epochs);
  } finally {
    await removeRuns(name);
  }
});

Deno.test("train --resume takes log interval, threads and visdom from the checkpoint when they are left out", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const name = "test-remembered";
  try {
    const first = await runCli([
      ...shortArguments(folder.path, name, 1).map((each) => each === "2" ? "1" : each),
      ...["--save-every", "7", "--visdom", "--visdom-port", "1", "--visdom-env", "elsewhere"],
    ]);
    assert.equal(first.code, 0, first.stderr);
    const again = await runCli(["train", "--resume", checkpoint(name), "--epochs", "2"]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(again.stdout.match(/Train Epoch: 2/g)!.length, 16);
    assert.match(again.stderr, /visdom at http:\/\/127\.0\.0\.1:1 cannot be reached/);
    assert.doesNotMatch(again.stderr, /bit-equal only/);
    const { settings, threads } = (await readModelFile(checkpoint(name))).info;
    assert.equal(threads, 1);
    assert.deepEqual(settings, {
      logInterval: 1,
      saveEveryMinutes: 7,
      visdom: { server: "http://127.0.0.1", port: 1, environment: "elsewhere" },
    });
    const silent = await runCli([
      ...["train", "--resume", checkpoint(name), "--epochs", "3", "--no-visdom", "--threads", "2"],
    ]);
    assert.doesNotMatch(silent.stderr, /visdom/);
    assert.match(
      silent.stderr,
      /had 1 threads, now it has 2: results are bit-equal only with --threads 1/,
    );
  } finally {
    await removeRuns(name);
  }
});

Deno.test("train --resume refuses triplets that are not those the run began with", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(folder.path);
  const name = "test-other-triplets";
  try {
    assert.equal((await runCli(shortArguments(folder.path, name, 1))).code, 0);
    const list = join(folder.path, "tripletlists", "shape_tripletlist_val.txt");
    await Deno.writeTextFile(list, "0 1 2\n", { append: true });
    const { code, stderr } = await runCli([...resumeArguments(name), "--epochs", "2"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /error: Cannot go on: the triplets of .* are not those that the run began with/,
    );
  } finally {
    await removeRuns(name);
  }
});
