/** `add-notion`: a notion taught from a terminal, on embeddings whose dimensions are known. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { writeEmbeddings } from "../../src/model/embedding_file.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { writeTripletList } from "../../src/sets/triplet_list.ts";
import { plantNotion } from "../helpers/planted_notion.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";

let folder: TemporaryFolder;
let model: Uint8Array;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await writeValuedSet(join(folder.path, "set"));
  model = await Deno.readFile(await writeTinyModel(folder.path));
  const { embeddings, triplets } = plantNotion([2, 5]);
  const thrown = plantNotion([], { answers: 60 });
  await writeEmbeddings(join(folder.path, "images.npy"), new EmbeddingSet(embeddings));
  await writeTripletList(join(folder.path, "answers.txt"), triplets);
  await writeTripletList(join(folder.path, "thrown.txt"), thrown.triplets);
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

async function addNotion(...args: string[]) {
  return await runCli(["add-notion", "--resume", "model", "--notion", "elegance", ...args], {
    cwd: folder.path,
  });
}

async function isThere(name: string): Promise<boolean> {
  return await Deno.stat(join(folder.path, name)).then(() => true, () => false);
}

Deno.test("add-notion --triplets writes a copy with the notion, and query, test and embed know it", async () => {
  const given = ["--triplets", "answers.txt", "--among", "images.npy"];
  const { code, stdout, stderr } = await addNotion(...given, "--out", "more");
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  assert.match(lines[0], /^notion +accuracy +95 % interval$/);
  assert.match(lines[2], /^elegance \(new\) +\d\d\.\d\d % +\d\d\.\d\d % to \d\d\.\d\d %$/);
  assert.match(lines[3], /^shape +\d\d\.\d\d % +/);
  assert.match(lines[5], /^guessing +50\.00 %$/);
  assert.match(lines[7], /^120 answers about \d+ images; \d of 8 dimensions count$/);
  assert.match(lines[9], /^learned: better than guessing, and than every notion there is \(/);
  assert.equal(lines[10], "written: more.safetensors, with 3 notions");
  assert.match(stderr, /images\.npy does not say which model made its embeddings/);
  assert.match(
    stderr,
    /next: deno task query --resume more\.safetensors --notion elegance --among images\.npy/,
  );
  assert.deepEqual(await Deno.readFile(join(folder.path, "model.safetensors")), model);
  const { info } = await readModelFile(join(folder.path, "more"));
  assert.deepEqual(info.notions, ["shape", "colour", "elegance"]);
  const at = { cwd: folder.path };
  const mix = ["--mix", "elegance,shape", "--among", "set", "set/images/4.png", "--json"];
  const query = await runCli(["query", "--resume", "more", ...mix], at);
  assert.equal(query.code, 0, query.stderr);
  assert.deepEqual(Object.keys(JSON.parse(query.stdout).hits[0].shares), ["shape", "elegance"]);
  const test = await runCli(["test", "--resume", "more", "--data", "set"], at);
  assert.equal(test.code, 0, test.stderr);
  assert.match(test.stderr, /elegance was taught by 120 answers: right of /);
  assert.doesNotMatch(test.stdout, /elegance/);
  const embed = ["--out", "e.safetensors", "set/images"];
  assert.equal((await runCli(["embed", "--resume", "more", ...embed], at)).code, 0);
  // Again, it is not replaced unasked, and is the same.
  const bytes = await Deno.readFile(join(folder.path, "more.safetensors"));
  const again = await addNotion(...given, "--out", "more");
  assert.equal(again.code, 1);
  assert.match(
    again.stderr,
    /a file lies there .*; choose another file with --out, or replace it with --overwrite/,
  );
  assert.equal((await addNotion(...given, "--out", "more", "--overwrite")).code, 0);
  assert.deepEqual(await Deno.readFile(join(folder.path, "more.safetensors")), bytes);
});

Deno.test("add-notion says that a notion is not learnable, and writes nothing unless it must", async () => {
  const given = ["--triplets", "thrown.txt", "--among", "images.npy", "--out", "thrown"];
  const { code, stdout, stderr } = await addNotion(...given);
  assert.equal(code, 1);
  assert.match(stdout, /^not learnable from this embedding, as far as these answers show: /m);
  assert.match(
    stderr,
    /^error: Cannot add "elegance": it is not learnable from this embedding, .*: right of \d\d\.\d % \(.*\) of what was left out, and guessing gives 50 %; nothing was written; answer more questions, train a network on this notion, or write it all the same with --anyway$/m,
  );
  assert.equal(await isThere("thrown.safetensors"), false);
  const json = await addNotion(...given, "--json");
  assert.equal(json.code, 1);
  const found = JSON.parse(json.stdout);
  assert.deepEqual([found.verdict, found.path, found.chance], ["not learnable", null, 0.5]);
  assert.equal((await addNotion(...given, "--anyway")).code, 0);
  const { info } = await readModelFile(join(folder.path, "thrown"));
  assert.equal(info.taught![0].verdict, "not learnable");
});

Deno.test("add-notion --values reads a table as make-triplets does, with its guesses and refusals", async () => {
  const images = Array.from({ length: 36 }, (_, i) => i);
  const rows = images.map((i) => `${i}.png,${i % 3},${i === 3 ? "?" : i % 2 ? "low" : "high"}\n`);
  await Deno.writeTextFile(
    join(folder.path, "values.csv"),
    ["image,colour,height\n", ...rows].join(""),
  );
  const given = ["--values", "values.csv", "--among", "set", "--out", "valued", "--anyway"];
  const { code, stdout, stderr } = await addNotion(...given, "--column", "colour:categorical");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^column "colour", categorical: alike: the same value$/m);
  assert.doesNotMatch(stderr, /warning|val or test/);
  assert.match(stdout, /^\d+ triplets drawn from values about \d\d images; /m);
  const { info } = await readModelFile(join(folder.path, "valued"));
  assert.equal(info.taught![0].from, "values");
  // Of the set that the model was trained on where nothing else is named; that is no set here.
  const lacking = await addNotion("--values", "values.csv", "--out", "x");
  assert.equal(lacking.code, 1);
  const noColumn = await addNotion(...given, "--overwrite");
  assert.notEqual(noColumn.code, 0);
  assert.match(noColumn.stderr, /elegance/);
  const npy = ["--values", "values.csv", "--column", "colour", "--among", "images.npy"];
  const ofFile = await addNotion(...npy, "--out", "x");
  assert.equal(ofFile.code, 2);
  assert.match(
    ofFile.stderr,
    /a file of embeddings has no pictures .*pass the folder or set with --among/,
  );
});

Deno.test("add-notion refuses what cannot be before it computes", async () => {
  const cases: [string[], number, RegExp][] = [
    [
      ["--out", "x"],
      2,
      /nothing says what is alike; pass answers with --triplets, or a table with --values/,
    ],
    [["--triplets", "answers.txt", "--values", "v.csv", "--out", "x"], 2, /both given/],
    [["--triplets", "answers.txt", "--column", "c", "--out", "x"], 2, /--column without a table/],
    [["--triplets", "answers.txt", "--out", "model"], 1, /it is the model itself, which stays/],
    [["--triplets", "answers.txt", "--out", "x", "--notion", "shape"], 2, /a notion of that name/],
    [
      ["--triplets", "gone.txt", "--among", "images.npy", "--out", "x"],
      1,
      /gone\.txt: there is no/,
    ],
  ];
  for (const [args, expected, message] of cases) {
    const { code, stderr } = await addNotion(...args);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
  }
  assert.equal(await isThere("x.safetensors"), false);
});
