/** A trained model in use: test, embed, query. */
import assert from "node:assert/strict";
import { runPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { readSafetensors } from "../../src/tensor/safetensors.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

const name = "test-use-model";
const run = runPath(name);
const model = join(run, "model_best");
let folder: TemporaryFolder;
let images: string;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"), { triplets: 400 });
  images = join(folder.path, "set", "images");
  const { code, stderr } = await runCli([
    ...["train", "--data", join(folder.path, "set"), "--name", name, "--overwrite", "--learned"],
    ...[
      "--image-size",
      "16",
      "--batch-size",
      "16",
      "--num-traintriplets",
      "800",
      "--epochs",
      "2",
      "--lr",
      "1e-3",
    ],
  ]);
  assert.equal(code, 0, stderr);
});

Deno.test.afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await Deno.remove(run, { recursive: true });
});

async function succeeds(args: string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { cwd });
  assert.equal(code, 0, stderr);
  return stdout;
}

Deno.test("test --json gives one object with every notion, and the network has learned", async () => {
  const found = JSON.parse(await succeeds(["test", "--resume", model, "--json"]));
  assert.deepEqual(Object.keys(found), [
    "variant",
    "split",
    "triplets",
    "accuracy",
    "loss",
    "images",
    "seconds",
    "notions",
    "interval",
    "units",
    "seenImages",
    "taughtElsewhere",
  ]);
  assert.deepEqual([found.split, found.triplets, found.notions.length], ["test", 200, 2]);
  assert.deepEqual(Object.keys(found.notions[0]).slice(0, 4), [
    "name",
    "triplets",
    "accuracy",
    "loss",
  ]);
  assert.ok(found.interval.low < found.accuracy && found.accuracy < found.interval.high);
  assert.ok(found.accuracy > 0.7, `accuracy ${found.accuracy}`);
});

Deno.test("test prints a table for people, of the split that is asked for", async () => {
  const text = await succeeds(["test", "--resume", `${model}.safetensors`, "--split", "train"]);
  assert.match(text, /colour +400 +\d+\.\d+ % +\d+\.\d+ % to \d+\.\d+ %/);
  assert.match(text, /all +800/);
});

Deno.test("train --test is the test command", async () => {
  assert.deepEqual(
    JSON.parse(await succeeds(["train", "--test", "--resume", model, "--json"])).accuracy,
    JSON.parse(await succeeds(["test", "--resume", model, "--json"])).accuracy,
  );
});

Deno.test("embed writes the same embeddings as .npy, .safetensors and .jsonl, relative to where the user stands", async () => {
  for (const ending of ["npy", "safetensors", "jsonl"]) {
    await succeeds(
      ["embed", "--resume", model, "--out", `out.${ending}`, "set/images"],
      folder.path,
    );
  }
  const { tensors, metadata } = await readSafetensors(join(folder.path, "out.safetensors"));
  const names: string[] = JSON.parse(metadata.names);
  assert.deepEqual([tensors.get("embeddings")!.shape, tensors.get("masks")!.shape], [[36, 64], [
    2,
    64,
  ]]);
  const vectors = new Float32Array(tensors.get("embeddings")!.bytes.buffer);
  const lines = (await Deno.readTextFile(join(folder.path, "out.jsonl"))).trim().split("\n").map((
    line,
  ) => JSON.parse(line));
  assert.deepEqual(lines.map((line) => line.name), names);
  assert.deepEqual(lines.flatMap((line) => line.embedding), [...vectors]);
  const npy = await Deno.readFile(join(folder.path, "out.npy"));
  const length = new DataView(npy.buffer).getUint16(8, true);
  const header = new TextDecoder().decode(npy.subarray(10, 10 + length));
  assert.equal(header.trimEnd(), "{'descr': '<f4', 'fortran_order': False, 'shape': (36, 64), }");
  assert.equal((10 + length) % 64, 0);
  assert.deepEqual(new Float32Array(npy.slice(10 + length).buffer), vectors);
});

/** The names of embeddings that `embed` wrote as .jsonl, with their vectors. */
async function embedded(out: string, ...args: string[]) {
  const run = await runCli(
    ["embed", "--resume", model, "--overwrite", "--out", `${out}.jsonl`, ...args],
    { cwd: folder.path },
  );
  assert.equal(run.code, 0, run.stderr);
  const lines = (await Deno.readTextFile(join(folder.path, `${out}.jsonl`))).trim().split("\n");
  const rows: { name: string; embedding: number[] }[] = lines.map((line) => JSON.parse(line));
  return { ...run, rows, names: rows.map(({ name }) => name) };
}

Deno.test("embed of a set keeps the order of filenames.json and says so; of its image folder it is sorted, with a warning", async () => {
  const inOrder = Array.from({ length: 36 }, (_, image) => `${image}.png`);
  const set = await embedded("ordered", "set");
  assert.deepEqual(set.names, inOrder);
  assert.match(
    set.stdout,
    /^36 embeddings of 64 dimensions written to ordered\.jsonl, in the order of set\/filenames\.json$/m,
  );
  assert.doesNotMatch(set.stderr, /warning/);
  const sorted = await embedded("sorted", "set/images");
  assert.deepEqual(sorted.names, inOrder.map((name) => `set/images/${name}`).sort());
  assert.match(
    sorted.stderr,
    /warning: .*set\/images holds the images of the set .*: 3\d of 36 rows are not the image that/,
  );
  const { code, stderr } = await runCli(
    ["embed", "--resume", model, "--out", "x.npy", "set", "set/images/0.png"],
    { cwd: folder.path },
  );
  assert.equal(code, 2);
  assert.match(stderr, /Cannot embed the image set set with other images: .*embed the set alone/);
});

Deno.test("embed --names keeps a list's order, from a folder, a set or here, and refuses what is missing", async () => {
  const list = join(folder.path, "list.txt");
  await Deno.writeTextFile(list, "10.png\r\n2.png\n10.png\n");
  const found = await embedded("listed", "--names", "list.txt", "set/images");
  assert.deepEqual(found.names, ["10.png", "2.png", "10.png"]);
  assert.match(found.stdout, /, in the order of list\.txt$/m);
  assert.deepEqual((await embedded("listed", "--names", "list.txt", "set")).rows, found.rows);
  await Deno.writeTextFile(list, "set/images/10.png\nset/images/2.png\nset/images/10.png");
  const here = await embedded("listed", "--names", "list.txt");
  assert.deepEqual(
    here.rows.map(({ embedding }) => embedding),
    found.rows.map((row) => row.embedding),
  );
  const refuses = async (text: string, message: RegExp, ...more: string[]) => {
    await Deno.writeTextFile(list, text);
    const { code, stderr } = await runCli(
      ["embed", "--resume", model, "--out", "x.npy", "--names", "list.txt", ...more],
      { cwd: folder.path },
    );
    assert.notEqual(code, 0);
    assert.match(stderr, message);
  };
  await refuses(
    "2.png\n99.png\n",
    /the list list\.txt: 1 of its 2 images are missing \(99\.png\), .* with --allow-missing$/m,
    "set",
  );
  await refuses("2.png\n\n3.png\n", /images of list\.txt: line 2 is empty/, "set");
  await refuses("", /images of list\.txt: it is empty/);
  await refuses("2.png\n", /list\.txt: set, set\/images is named, too/, "set", "set/images");
  await Deno.writeTextFile(list, "2.png\n99.png\n5.png\n");
  const { code, stderr } = await runCli(
    ["embed", "--resume", model, "--out", "gap.npy", "--names", list, "--allow-missing", "set"],
    { cwd: folder.path },
  );
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /warning: 1 of the 3 images of the list .* \(99\.png\): their rows hold NaN/,
  );
  assert.equal(
    await Deno.readTextFile(join(folder.path, "gap.npy.names.txt")),
    "2.png\n99.png\n5.png\n",
  );
});

Deno.test("query gives other neighbours by another notion, and keeps the folder's embeddings", async () => {
  const query = async (notion: string) =>
    JSON.parse(
      await succeeds([
        "query",
        "--resume",
        model,
        "--notion",
        notion,
        "--among",
        images,
        "-k",
        "9",
        "--json",
        join(images, "0.png"),
      ]),
    );
  const [colour, shape] = [await query("colour"), await query("shape")];
  assert.equal(colour.hits.length, 9);
  assert.equal(colour.hits[0].name, "0.png");
  assert.ok(colour.hits[0].distance < 1e-3);
  // Image i has colour i mod 3 and shape floor(i / 3) mod 3: most neighbours share the notion's value.
  const index = ({ name }: { name: string }) => parseInt(name);
  const share = (found: typeof colour, same: (image: number) => boolean) =>
    found.hits.filter((each: { name: string }) => same(index(each))).length;
  assert.ok(share(colour, (image) => image % 3 === 0) >= 6, JSON.stringify(colour));
  assert.ok(share(shape, (image) => Math.floor(image / 3) % 3 === 0) >= 6, JSON.stringify(shape));
  const kept = [...Deno.readDirSync(images)].filter((entry) => entry.name.startsWith(".csn-"));
  assert.equal(kept.length, 1);
  const before = (await Deno.stat(join(images, kept[0].name))).mtime!.getTime();
  assert.deepEqual(await query("colour"), colour);
  assert.equal((await Deno.stat(join(images, kept[0].name))).mtime!.getTime(), before);
});

Deno.test("embed and query leave out what a folder holds that is no image, and say so", async () => {
  const mixed = join(folder.path, "mixed");
  await Deno.mkdir(mixed);
  await Deno.copyFile(join(images, "0.png"), join(mixed, "good.png"));
  await Deno.writeTextFile(join(mixed, "bad.png"), "no picture");
  await Deno.writeTextFile(join(mixed, "phone.HEIC"), "a kind that is not read");
  const embedded = await runCli([
    "embed",
    "--resume",
    model,
    "--out",
    join(folder.path, "mixed.jsonl"),
    mixed,
  ]);
  assert.equal(embedded.code, 0, embedded.stderr);
  assert.match(embedded.stdout, /^1 embeddings of 64/);
  assert.match(embedded.stderr, /warning: .*bad\.png.*left out/);
  const passedOver = /^1 file of .*mixed is passed over, as no image by its ending: 1 \.heic$/m;
  assert.match(embedded.stderr, passedOver);
  const found = await runCli([
    ...["query", "--resume", model, "--notion", "shape", "--among", mixed, "--json"],
    join(images, "1.png"),
  ]);
  assert.equal(found.code, 0, found.stderr);
  assert.match(found.stderr, passedOver);
  assert.deepEqual(JSON.parse(found.stdout).hits.map(({ name }: { name: string }) => name), [
    "good.png",
  ]);
});

Deno.test("config.json and the metrics of a run hold what is needed to repeat it", async () => {
  const config = JSON.parse(await Deno.readTextFile(join(run, "config.json")));
  assert.deepEqual([config.name, config.variant, config.epochs, config.trainTriplets], [
    name,
    "learned",
    2,
    800,
  ]);
  assert.deepEqual(Object.keys(config.versions), ["csn", "libtorch", "deno"]);
  const lines = (await Deno.readTextFile(join(run, "metrics.jsonl"))).trim().split("\n").map((
    line,
  ) => JSON.parse(line));
  assert.deepEqual(lines.map(({ epoch }) => epoch), [1, 2]);
  assert.equal(lines[0].learningRate, 1e-3 * 0.985);
});

Deno.test("test warns of training images in the tested split, and --json has their numbers", async () => {
  const { stderr, stdout } = await runCli(["test", "--resume", model, "--json"]);
  const { seenImages } = JSON.parse(stdout);
  // All splits of the tiny set draw from the same 36 images.
  assert.equal(seenImages.training, seenImages.images);
  assert.deepEqual(seenImages.notions.map(({ name }: { name: string }) => name), [
    "colour",
    "shape",
  ]);
  assert.match(
    stderr,
    /warning: (\d+) of the \1 images of the test split were training images of this model \(colour/,
  );
});

Deno.test("embed examines where its output goes before it embeds, and replaces nothing unasked", async () => {
  const out = await TemporaryFolder.make();
  await using _ = out;
  const at = (name: string) => join(out.path, name);
  const embed = (name: string, ...more: string[]) =>
    runCli(["embed", "--resume", model, "--out", at(name), ...more, images]);
  const refuses = async (name: string, message: RegExp) => {
    const { code, stdout, stderr } = await embed(name);
    assert.equal(code, 1, stdout);
    assert.match(stderr, message);
    // Nothing was embedded.
    assert.doesNotMatch(stderr, /Embedding/);
  };
  await refuses("nodir/e.npy", /there is no folder .*nodir; make it, or choose .*--out/);
  const lies = /a file lies there that does not say csn wrote it; .*--out, or .*--overwrite/;
  for (const name of ["a.npy", "a.jsonl", "a.safetensors", "b.npy.names.txt"]) {
    await Deno.writeTextFile(at(name), "the user's");
  }
  for (const name of ["a.npy", "a.jsonl", "a.safetensors", "b.npy"]) await refuses(name, lies);
  for (const name of ["a.npy", "a.jsonl", "a.safetensors"]) {
    assert.equal(await Deno.readTextFile(at(name)), "the user's");
    assert.equal((await embed(name, "--overwrite")).code, 0);
  }
  assert.equal(await Deno.readTextFile(at("b.npy.names.txt")), "the user's");
  // A safetensors file says who wrote it.
  assert.equal((await embed("a.safetensors")).code, 0);
  await refuses("a.npy", lies);
});
