/** Bad input: one clear line, the right exit code, no stack trace, nothing lost. */
import assert from "node:assert/strict";
import { projectFolder, runPath } from "../../src/cli/paths.ts";
import { FileLock } from "../../src/files/file_lock.ts";
import { join } from "../../src/files/paths.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { type CliOptions, runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

const name = "test-bad-input";
const run = runPath(name);
const model = join(run, "model_best");
const checkpoint = join(run, "checkpoint");
let folder: TemporaryFolder;
let data: string;

const small = [
  "--image-size",
  "16",
  "--batch-size",
  "16",
  "--num-traintriplets",
  "32",
  "--epochs",
  "1",
];

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.make();
  data = join(folder.path, "set");
  await writeTinySet(data, { triplets: 16 });
  const { code, stderr } = await runCli([
    "train",
    "--data",
    data,
    "--name",
    name,
    "--overwrite",
    ...small,
  ]);
  assert.equal(code, 0, stderr);
});

Deno.test.afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await Deno.remove(run, { recursive: true });
});

/** Runs a command that must fail with one line that matches. */
async function fails(
  args: readonly string[],
  code: number,
  line: RegExp,
  options: CliOptions = {},
): Promise<void> {
  const result = await runCli(args, options);
  assert.equal(result.code, code, result.stderr);
  const errors = result.stderr.trim().split("\n").filter((each) => each.startsWith("error: "));
  assert.equal(errors.length, 1, result.stderr);
  assert.match(errors[0], line);
  assert.doesNotMatch(result.stderr, /\n\s+at /, "a stack trace");
}

/** The set with one thing changed, in a folder of its own. */
async function changedSet(what: string, change: (set: string) => Promise<void>): Promise<string> {
  const set = join(folder.path, what);
  await writeTinySet(set, { triplets: 16 });
  await change(set);
  return set;
}

const train = (
  set: string,
  ...more: string[]
) => ["train", "--data", set, "--name", "test-never", ...small, ...more];
const list = (set: string) => join(set, "tripletlists", "shape_tripletlist_train.txt");

const usage: [string, string[], RegExp][] = [
  ["an unknown flag", ["--leraned"], /unknown option '--leraned'.*--learned/],
  ["a word for a number", ["--lr", "fast"], /--lr <rate>.*'fast' is invalid.*above 0/],
  ["a learning rate of 0", ["--lr", "0"], /--lr.*above 0/],
  ["a fraction for a whole number", ["--epochs", "1.5"], /--epochs.*whole number of at least 1/],
  ["a batch of 0", ["--batch_size", "0"], /--batch-size.*at least 1/],
  ["a name that leaves the folder", ["--name", "../x"], /--name.*letters, digits/],
  ["--prein without --learned", ["--prein"], /--prein.*--learned/],
  ["an unknown variant", ["--variant", "best"], /--variant.*standard.*specialists/],
  [
    "two variants at once",
    ["--variant", "standard", "--learned"],
    /--variant standard with --learned, which means --variant learned/,
  ],
  [
    "specialists in dense batches",
    ["--variant", "specialists", "--sampler", "dense"],
    /specialists with --sampler dense.*leave --sampler out/,
  ],
  ["an unknown notion", ["--conditions", "smell"], /smell.*colour.*shape/],
  ["a notion twice", ["--conditions", "shape", "1"], /twice/],
  ["no visdom address", ["--visdom", "--visdom-server", "here"], /visdom server "here"/],
];

for (const [what, flags, line] of usage) {
  Deno.test(`train refuses ${what} with exit code 2`, () =>
    fails([...train(data), ...flags], 2, line));
}

Deno.test("test refuses a model of another variant than --variant says", () =>
  fails(
    ["test", "--resume", model, "--variant", "learned"],
    2,
    /as --variant learned: it is a model of the variant fixed/,
  ));

Deno.test("an unknown command is refused with exit code 2", () =>
  fails(["trian"], 2, /unknown command 'trian'.*train/));

Deno.test("train names a data set that is missing and the command that makes one", () =>
  fails(train("nowhere"), 1, /nowhere.*deno task make-triplets/));

for (
  const [what, line, message] of [
    ["2 fields", "0 1", /shape_tripletlist_train\.txt:17: /],
    ["a word", "0 1 x", /shape_tripletlist_train\.txt:17: /],
    ["an index out of range", "0 1 36", /shape_tripletlist_train\.txt:17: .*36/],
  ] as const
) {
  Deno.test(`train names file and line of a triplet with ${what}`, async () => {
    const set = await changedSet(
      what,
      (set) => Deno.writeTextFile(list(set), line + "\n", { append: true }),
    );
    await fails(train(set), 1, message);
  });
}

Deno.test("train refuses an empty list", async () => {
  const set = await changedSet("empty", (set) => Deno.writeTextFile(list(set), ""));
  await fails(train(set), 1, /shape_tripletlist_train\.txt.*(empty|no triplet)/);
});

Deno.test("train refuses a notion without a list", async () => {
  const set = await changedSet("listless", (set) => Deno.remove(list(set)));
  await fails(train(set), 1, /shape/);
});

Deno.test("train refuses notions whose names clash, by name, unless --conditions leaves them out", async () => {
  const set = await changedSet("clashing", async (set) => {
    const file = join(set, "set.json");
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace('"colour"', '"All"'));
  });
  await fails(train(set), 2, /Cannot train on the image set .* a notion is called "All"/);
  await fails([...train(set), "--conditions", "All"], 2, /a notion is called "All"/);
  const others = ["--conditions", "shape", "--variant", "specialists", "--sampler", "dense-lists"];
  await fails([...train(set), ...others], 2, /Cannot train specialists/);
});

Deno.test("train leaves no run behind when its data cannot be read", async () => {
  await fails(train("nowhere"), 1, /nowhere/);
  // The set is there, its images are not.
  const set = await changedSet(
    "imageless",
    (set) => Deno.remove(join(set, "images"), { recursive: true }),
  );
  await fails(train(set), 1, /there is no folder .*images/);
  await assert.rejects(Deno.stat(runPath("test-never")), Deno.errors.NotFound);
  await fails(
    ["compare", "--data", set, "--name", "test-never", "--image-size", "16"],
    1,
    /there is no folder .*images/,
  );
  await assert.rejects(Deno.stat(runPath("test-never")), Deno.errors.NotFound);
});

Deno.test("train warns of a few corrupt images and goes on, and refuses more than 1 %", async () => {
  const set = await changedSet("corrupt", async (set) => {
    await Deno.writeTextFile(join(set, "images", "3.png"), "no picture");
  });
  await fails(train(set), 1, /(1 of 36|2\.8 %).*--allow-missing/);
  const { code, stderr } = await runCli([...train(set), "--allow-missing"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /warning: .*3\.png/);
  assert.match(stderr, /warning: \d+ of the \d+ train triplets of \w+ are left out/);
  await Deno.remove(runPath("test-never"), { recursive: true });
});

Deno.test("train does not overwrite a run unasked", async () => {
  const before = await Deno.readFile(`${checkpoint}.safetensors`);
  await fails(
    ["train", "--data", data, "--name", name, ...small],
    1,
    /holds one already.*--name.*--resume.*--overwrite/,
  );
  assert.deepEqual(await Deno.readFile(`${checkpoint}.safetensors`), before);
});

Deno.test("train --overwrite keeps the old run when the new one cannot begin", async () => {
  const before = await Deno.readFile(`${checkpoint}.safetensors`);
  await fails(
    [
      "train",
      "--data",
      data,
      "--name",
      name,
      ...small,
      "--overwrite",
      "--pretrained",
      "/nowhere.safetensors",
    ],
    1,
    /nowhere/,
  );
  assert.deepEqual(await Deno.readFile(`${checkpoint}.safetensors`), before);
});

Deno.test("train refuses a run folder that another process uses, and names the process", async () => {
  using _lock = (await FileLock.tryTake(join(run, "lock")))!;
  await fails(
    ["train", "--resume", checkpoint, "--epochs", "2"],
    1,
    new RegExp(`process ${Deno.pid} is using it`),
  );
});

for (
  const [what, flags, line] of [
    ["another dimension", ["--dim-embed", "32"], /--dim-embed is 64 there, not 32/],
    ["other masks", ["--learned"], /--variant is fixed there, not learned/],
    ["other notions", ["--conditions", "shape"], /--conditions is colour shape there, not shape/],
    ["another learning rate", ["--lr", "1"], /--lr is 0\.00005 there, not 1/],
  ] as const
) {
  Deno.test(`train --resume refuses ${what}`, () =>
    fails(["train", "--resume", checkpoint, "--epochs", "2", ...flags], 2, line));
}

Deno.test("train --resume of a finished run says how to go on", () =>
  fails(["train", "--resume", checkpoint], 1, /finished epoch 1 of 1.*--epochs/));

Deno.test("train --resume refuses a model without its optimiser", () =>
  fails(["train", "--resume", model], 1, /without its optimiser.*checkpoint/));

Deno.test("a checkpoint that is missing, truncated, corrupt or foreign is refused with what it is", async () => {
  const whole = await Deno.readFile(`${model}.safetensors`);
  const cut = join(folder.path, "cut.safetensors");
  await Deno.writeFile(cut, whole.subarray(0, whole.length - 100));
  const corrupt = join(folder.path, "corrupt.safetensors");
  await Deno.writeFile(corrupt, whole.map((byte, i) => i >= 8 && i < 60 ? 7 : byte));
  const foreign = join(folder.path, "foreign.safetensors");
  const header = new TextEncoder().encode("{}      ");
  await Deno.writeFile(foreign, new Uint8Array([header.length, 0, 0, 0, 0, 0, 0, 0, ...header]));
  const old = join(folder.path, "old.pth.tar");
  await Deno.writeTextFile(old, "");
  for (
    const [file, line] of [
      [join(run, "model_worst"), /no such file; its folder holds checkpoint, model_best/],
      [run, /it is a folder; pass .*model_best/],
      [cut, /cut\.safetensors.*no whole safetensors file/],
      [corrupt, /corrupt\.safetensors.*no whole safetensors file/],
      [foreign, /csn did not write it/],
      [old, /PyTorch file/],
    ] as const
  ) {
    await fails(["test", "--resume", file], 1, line);
  }
});

Deno.test("train on a full disk keeps the last checkpoint and says what is wrong", async () => {
  const before = await readModelFile(checkpoint);
  // A limit on the size of files is what a full disk looks like; its signal must not end the process first.
  const limited = new Deno.Command("sh", {
    args: [
      "-c",
      'trap "" XFSZ; ulimit -f 2000; exec "$@"',
      "sh",
      Deno.execPath(),
      ...[
        "run",
        "--quiet",
        "--allow-read",
        "--allow-write",
        "--allow-env",
        "--allow-ffi",
        "--allow-sys",
        "--allow-run=python3,c++",
      ],
      ...[
        join(projectFolder, "src", "cli", "main.ts"),
        "train",
        "--resume",
        checkpoint,
        "--epochs",
        "2",
      ],
    ],
  });
  const { code, stderr } = await limited.output();
  const text = new TextDecoder().decode(stderr);
  assert.equal(code, 1, text);
  assert.match(text, /error: Cannot write ".*\.safetensors": .*untouched.*disk space/);
  assert.deepEqual((await readModelFile(checkpoint)).tensors, before.tensors);
  const files = [...Deno.readDirSync(run)].map((entry) => entry.name).filter((each) =>
    each.endsWith(".part")
  );
  assert.deepEqual(files, []);
});

Deno.test("train stops at a loss that is not finite and names the last good checkpoint", async () => {
  const { code, stderr } = await runCli([
    ...train(data),
    "--lr",
    "1e30",
    "--epochs",
    "3",
    "--save-every",
    "0",
  ]);
  assert.equal(code, 1, stderr);
  assert.match(
    stderr,
    /error: Training stopped in epoch \d, batch \d: .*(NaN|Infinity|finite).*(last good checkpoint is .*checkpoint\.safetensors|no checkpoint was saved yet).*--lr/,
  );
  await Deno.remove(runPath("test-never"), { recursive: true });
});

Deno.test("train --pretrained answers a PyTorch file with the line that converts it", () =>
  fails(
    [...train(data), "--pretrained", "resnet18.pth"],
    1,
    /python3 -c "import sys, torch; from safetensors/,
  ));

Deno.test("query refuses an unknown notion and lists those there are", () =>
  fails(
    [
      "query",
      "--resume",
      model,
      "--notion",
      "smell",
      "--among",
      join(data, "images"),
      join(data, "images", "0.png"),
    ],
    2,
    /"smell".*colour, shape/,
  ));

Deno.test("query and embed name an image or folder that cannot be used", async () => {
  const bad = join(folder.path, "bad.png");
  await Deno.writeTextFile(bad, "no picture");
  await Deno.mkdir(join(folder.path, "bare"));
  await fails(
    ["query", "--resume", model, "--notion", "shape", "--among", join(data, "images"), bad],
    1,
    /bad\.png/,
  );
  await fails(
    [
      "query",
      "--resume",
      model,
      "--notion",
      "shape",
      "--among",
      join(folder.path, "bare"),
      join(data, "images", "0.png"),
    ],
    1,
    /bare: it has no file that ends in/,
  );
  await fails(
    ["embed", "--resume", model, "--out", join(folder.path, "x.npy"), join(folder.path, "nowhere")],
    1,
    /nowhere": there is no such file/,
  );
  await fails(
    ["embed", "--resume", model, "--out", "x.parquet", join(data, "images")],
    2,
    /x\.parquet.*\.npy, \.safetensors, \.jsonl/,
  );
});

Deno.test("test refuses a set that lacks the model's notions", async () => {
  const set = join(folder.path, "other");
  await writeTinySet(set, { notions: ["weight", "width"] });
  await fails(["test", "--resume", model, "--data", set], 1, /colour, shape.*weight, width/);
});

Deno.test("--verbose shows where an error came from", async () => {
  const { stderr } = await runCli([...train("nowhere"), "--verbose"]);
  assert.match(stderr, /\n\s+at .*image_set\.ts/);
});
