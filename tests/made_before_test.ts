/** What csn wrote at 22a413b still loads and goes on; `fixtures/made_before/README.md` says how it was made. */
import assert from "node:assert/strict";
import { dirname, fromFileUrl, join } from "../src/files/paths.ts";
import { readSafetensors, writeSafetensors } from "../src/tensor/safetensors.ts";
import { runCli } from "./helpers/run_cli.ts";
import { TemporaryFolder } from "./helpers/temporary_folder.ts";

const fixture = join(dirname(fromFileUrl(import.meta.url)), "fixtures", "made_before");
const expected = JSON.parse(await Deno.readTextFile(join(fixture, "expected.json")));

/** Seconds since 1970 at which the images were last changed when the pack was made. */
const changedAt = 1_700_000_000;

/** Copies a folder, and unpacks what ends with .gz. */
async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (isDirectory) await copyFolder(source, target);
    else if (!name.endsWith(".gz")) await Deno.copyFile(source, target);
    else {
      const unzipped = (await Deno.open(source)).readable
        .pipeThrough(new DecompressionStream("gzip"));
      await Deno.writeFile(target.slice(0, -".gz".length), unzipped);
    }
    if (name.endsWith(".png")) await Deno.utime(target, changedAt, changedAt);
  }
}

/** The set and the run as they were, in a folder of their own: model files name the set by its path. */
async function unpacked(): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  await copyFolder(join(fixture, "set"), join(folder.path, "set"));
  await copyFolder(join(fixture, "run"), join(folder.path, "run"));
  for (const file of ["checkpoint", "model_best"]) {
    const path = join(folder.path, "run", `${file}.safetensors`);
    const { tensors, metadata } = await readSafetensors(path);
    const moved = metadata.csn.replaceAll("/tmp/old/set", join(folder.path, "set"));
    await writeSafetensors(path, tensors, { metadata: { csn: moved } });
  }
  return folder;
}

/** Fails when two numbers are more than rounding on another processor apart. */
function assertNear(actual: number, expected: number, what: string): void {
  const apart = Math.abs(actual - expected);
  assert.ok(apart <= 1e-3 * Math.abs(expected), `${what}: ${actual}, not ${expected}`);
}

Deno.test("test gives a model made before, on a set made before, the numbers that it had", async () => {
  await using folder = await unpacked();
  const model = join(folder.path, "run", "model_best");
  const { code, stdout, stderr } = await runCli(["test", "--json", "--resume", model]);
  assert.equal(code, 0, stderr);
  const { accuracy, loss, notions } = JSON.parse(stdout);
  assertNear(loss, expected.test.loss, "loss");
  assert.equal(accuracy, expected.test.accuracy);
  assert.deepEqual(
    notions.map(({ name, accuracy }: { name: string; accuracy: number }) => [name, accuracy]),
    expected.test.notions,
  );
  assert.doesNotMatch(stderr, /Decoding/, "the pack made before is used as it is");
});

Deno.test("embed gives a model made before the embeddings that it had", async () => {
  await using folder = await unpacked();
  const out = join(folder.path, "e.jsonl");
  const image = join(folder.path, "set", "images", "0000.png");
  const model = join(folder.path, "run", "model_best");
  const { code, stderr } = await runCli(["embed", "--resume", model, "--out", out, image]);
  assert.equal(code, 0, stderr);
  const { embedding } = JSON.parse((await Deno.readTextFile(out)).split("\n")[0]);
  expected.embedding.forEach((value: number, at: number) =>
    assertNear(embedding[at], value, `dimension ${at}`)
  );
});

Deno.test("train goes on with a run made before as the old version did", async () => {
  await using folder = await unpacked();
  const checkpoint = join(folder.path, "run", "checkpoint");
  const { code, stderr } = await runCli(
    ["train", "--resume", checkpoint, "--epochs", "3", "--threads", "1"],
  );
  assert.equal(code, 0, stderr);
  const lines = await Deno.readTextFile(join(folder.path, "run", "metrics.jsonl"));
  const third = JSON.parse(lines.trimEnd().split("\n")[2]);
  const { step, learningRate, trainLoss, maskNorm, validationLoss } = expected.epoch3;
  assert.equal(third.step, step);
  assert.equal(third.learningRate, learningRate);
  assertNear(third.train.loss, trainLoss, "loss in training");
  assertNear(third.train.maskNorm, maskNorm, "mask norm");
  assertNear(third.validation.loss, validationLoss, "loss in validation");
});

Deno.test("make-triplets gives a table the lists that it had before, to the byte", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  const { code, stderr } = await runCli([
    ...["make-triplets", "--images", join(fixture, "set", "images")],
    ...["--attributes", join(fixture, "pictures.csv"), "--notion", "shape", "colour", "heel"],
    ...["--shares", "40,30,30", "--triplets", "40,10,10", "--out", set],
  ]);
  assert.equal(code, 0, stderr);
  for await (const { name } of Deno.readDir(join(fixture, "set", "tripletlists"))) {
    assert.equal(
      await Deno.readTextFile(join(set, "tripletlists", name)),
      await Deno.readTextFile(join(fixture, "set", "tripletlists", name)),
      name,
    );
  }
  assert.equal(
    await Deno.readTextFile(join(set, "filenames.json")),
    await Deno.readTextFile(join(fixture, "set", "filenames.json")),
  );
  assert.equal(
    await Deno.readTextFile(join(set, "attributes.csv")),
    await Deno.readTextFile(join(fixture, "set", "attributes.csv")),
  );
});
