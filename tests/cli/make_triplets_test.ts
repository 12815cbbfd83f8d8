import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { runCli } from "../helpers/run_cli.ts";
import { writeEmptyImages } from "../helpers/table_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

async function prepare(): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "images"), 60);
  const rows = Array.from(
    { length: 60 },
    (_, image) =>
      `${image}.jpg,${["red", "green", "blue"][image % 3]},${image % 20 + 1},${"wxyz"[image % 4]}`,
  );
  await Deno.writeTextFile(
    join(folder.path, "table.csv"),
    ["image,colour,size (cm),kind", ...rows].join("\n"),
  );
  await Deno.writeTextFile(
    join(folder.path, "rules.json"),
    JSON.stringify({ "size (cm)": { type: "numeric", alike: 2, unlike: 6, name: "size" } }),
  );
  return folder;
}

const base = ["make-triplets", "--images", "images", "--attributes", "table.csv", "--out", "./set"];
const small = ["--triplets", "100,20,20", "--shares", "2,1,1"];

Deno.test("make-triplets makes a set from paths where the user stands, and prints what was guessed and dropped", async () => {
  await using folder = await prepare();
  const { code, stdout, stderr } = await runCli(
    [
      ...base,
      ...small,
      "--notion",
      "colour",
      "kind",
      "--rules",
      "rules.json",
      "--no-flip",
      "--fit",
      "pad",
    ],
    { cwd: folder.path },
  );
  assert.equal(code, 0, stderr);
  // What the table was taken to say comes first, then what was drawn.
  const block = stdout.slice(0, stdout.indexOf("to change it:"));
  assert.match(block, /table\.csv: 60 images \(30 train, 15 val, 15 test\)$/m);
  assert.match(block, /^images by column "image": 60 of 60 matched, its cells are names of files/m);
  assert.match(
    block,
    /^colour +categorical \(guessed\) +60 +0 +3: blue \(20\), green \(20\), red \(20\)$/m,
  );
  assert.match(block, /^size +numeric +60 +0 +20: 1 to 20$/m);
  assert.match(stdout, /^to change it: --notion COLUMN:TYPE .*--rules FILE.*--image-column/m);
  assert.match(stdout, /^colour +categorical +100 +20 +20$/m);
  assert.match(stdout, /^size +numeric +100 +20 +20$/m);
  assert.match(stdout, /^colour: alike: the same value; guessed: type, set it with --rules$/m);
  assert.match(stdout, /^size \(column "size \(cm\)"\): alike: at most 2 apart, unlike: from 6$/m);
  assert.match(stdout, /colour and size +correlation ratio +0\.\d+ +60/);
  assert.match(stdout, /next: deno task audit \.\/set/);
  const set = JSON.parse(await Deno.readTextFile(join(folder.path, "set", "set.json")));
  assert.deepEqual([set.notions, set.flip], [["colour", "kind", "size"], false]);
  // As --images was: set and images can be moved together.
  assert.deepEqual([set.images, set.fit], ["../images", "pad:#ffffff"]);
  const json = await runCli([...base, ...small, "--notion", "colour", "--overwrite", "--json"], {
    cwd: folder.path,
  });
  assert.equal(JSON.parse(json.stdout).images, 60);
});

Deno.test("make-triplets shows warnings before it draws, and takes a column's type from --notion", async () => {
  await using folder = await prepare();
  const lines = Array.from(
    { length: 60 },
    (_, i) => `${i}.jpg,${i % 12},${i === 0 ? "NaN" : "ab"[i % 2]}`,
  );
  await Deno.writeTextFile(join(folder.path, "table.csv"), ["image,label,x", ...lines].join("\n"));
  const run = (...args: string[]) =>
    runCli([...base, ...small, "--overwrite", "--notion", ...args], { cwd: folder.path });
  const { stdout, stderr } = await run("label", "x");
  assert.match(stdout, /^x +categorical \(guessed\) +59 +1 \(NaN\) +2: b \(30\), a \(29\)$/m);
  assert.match(stdout, /^warning: column "label": its whole numbers 0 to 11.*label:categorical/m);
  assert.ok(stdout.indexOf("warning:") < stdout.indexOf("to change it:"));
  assert.doesNotMatch(stderr, /warning/);
  const typed = await run("label:categorical");
  assert.equal(typed.code, 0, typed.stderr);
  assert.match(typed.stdout, /^label +categorical +60 +0 +12: /m);
  assert.doesNotMatch(typed.stdout, /warning: column "label"/);
  const json = await run("label", "--json");
  assert.match(JSON.parse(json.stdout).warnings[0], /^column "label"/);
  assert.match(json.stderr, /^warning: column "label"/m);
});

Deno.test("make-triplets prints what it understood before it refuses a doubtful guess", async () => {
  await using folder = await prepare();
  const lines = Array.from(
    { length: 60 },
    (_, i) => `${i}.jpg,${i === 0 ? "abc" : i % 7},${"ab"[i % 2]}`,
  );
  await Deno.writeTextFile(join(folder.path, "table.csv"), ["image,stars,x", ...lines].join("\n"));
  const run = (...args: string[]) =>
    runCli([...base, ...small, "--notion", "stars", "x", ...args], { cwd: folder.path });
  const { code, stdout, stderr } = await run();
  assert.equal(code, 1);
  assert.match(stdout, /images by column "image": 60 of 60 matched/);
  assert.match(stdout, /^stars +categorical \(guessed\) +59 /m);
  assert.match(stdout, /^to change it: /m);
  assert.doesNotMatch(stdout, /warning: column "stars"/);
  assert.match(
    stderr,
    /^error: Cannot make an image set from .*column "stars": 59 of 60 values are/m,
  );
  assert.match(stderr, /--notion stars:categorical if it is\npass --yes to take it as guessed/);
  assert.doesNotMatch(stderr, /Drawing/);
  const accepted = await run("--yes");
  assert.equal(accepted.code, 0, accepted.stderr);
  assert.match(accepted.stdout, /^warning: column "stars": 59 of 60 values are numbers/m);
});

Deno.test("make-triplets ends with 1 for what the table lacks, with 2 for wrong usage", async () => {
  await using folder = await prepare();
  const run = (...args: string[]) => runCli([...base, ...args], { cwd: folder.path });
  const column = await run(...small, "--notion", "heel");
  assert.equal(column.code, 1);
  assert.match(column.stderr, /^error: Cannot find column "heel" in .*table\.csv: it has "image"/m);
  assert.equal((await run(...small)).code, 2);
  assert.equal((await run("--notion", "colour", "--shares", "70,30")).code, 2);
  assert.equal((await run("--notion", "colour", "--triplets", "1.5,1,1")).code, 2);
  assert.equal((await run("--notion", "colour", "--sampling", "some")).code, 2);
});

Deno.test("make-triplets --overwrite deletes no folder that is no set, nor the one that it is run in", async () => {
  await using folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "photos"), 60);
  const rows = Array.from({ length: 60 }, (_, i) => `${i}.jpg,${["red", "blue"][i % 2]}`);
  await Deno.writeTextFile(join(folder.path, "table.csv"), ["image,colour", ...rows].join("\n"));
  const rules = join(folder.path, "rules", "set.json");
  await Deno.mkdir(join(folder.path, "work", "thesis"), { recursive: true });
  await Deno.mkdir(join(folder.path, "rules"));
  await Deno.writeTextFile(join(folder.path, "work", "thesis", "ch1.txt"), "text");
  await Deno.writeTextFile(rules, '{"colour": {"type": "categorical"}}');
  const make = (out: string, cwd = folder.path) =>
    runCli([
      ...["make-triplets", "--images", join(folder.path, "photos"), "--overwrite", "--out", out],
      ...["--attributes", join(folder.path, "table.csv"), "--rules", rules],
      ...["--triplets", "20,4,8"],
    ], { cwd });
  const cases: [out: string, cwd: string, message: RegExp][] = [
    ["./work", folder.path, /work: there is something else, no image set \(thesis\/ch1\.txt\); /],
    [".", join(folder.path, "work"), /work: it is the folder that you stand in, or one above it; /],
    ["..", join(folder.path, "work", "thesis"), /it is the folder that you stand in, or one above/],
    ["./rules", folder.path, /rules\/set\.json, from which it is to be made, lies there; choose/],
    ["./table.csv", folder.path, /table\.csv: it is a file; choose another folder with --out/],
  ];
  for (const [out, cwd, message] of cases) {
    const { code, stderr } = await make(out, cwd);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /unexpected/);
    assert.equal(code, 1);
  }
  assert.equal(await Deno.readTextFile(join(folder.path, "work", "thesis", "ch1.txt")), "text");
  const { code, stderr } = await make("./set");
  assert.equal(code, 0, stderr);
  assert.equal((await make("./set")).code, 0);
});

Deno.test("make-triplets reads a table by its options, with given splits and the folders' names", async () => {
  await using folder = await TemporaryFolder.make();
  await writeEmptyImages(join(folder.path, "images", "a"), 30);
  await writeEmptyImages(join(folder.path, "images", "b"), 30);
  const rows = Array.from({ length: 60 }, (_, image) => {
    const file = `${image < 30 ? "a" : "b"}\\${image % 30}.jpg`;
    return `${file};${["red", "gr\u00fcn"][image % 2]};${["train", "val", "test"][image % 3]}`;
  });
  const text = [...rows, "a line;of two cells"].join("\r\n");
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  await Deno.writeFile(join(folder.path, "table.csv"), bytes);
  const { code, stdout, stderr } = await runCli([
    ...[...base, "--triplets", "20,10,10", "--notion", "colour", "--folders", "kind"],
    ...["--columns", "image,colour,part", "--split-column", "part"],
    ...["--encoding", "windows-1252", "--delimiter", ";", "--skip-bad-lines"],
  ], { cwd: folder.path });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /images by column "image": 60 of 60 matched/);
  assert.match(stdout, /column "part" gives the splits: train is train, val is val, test is test/);
  assert.match(stdout, /left out 1 .*line 61 with 2 cells/);
  const attributes = await Deno.readTextFile(join(folder.path, "set", "attributes.csv"));
  assert.match(attributes, /^b\/1\.jpg,gr\u00fcn,b,val$/m);
});

Deno.test("make-triplets refuses a --fit that it does not know and says which there are", async () => {
  const { code, stderr } = await runCli([...base, "--notion", "colour", "--fit", "stretch"]);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /--fit .*'stretch' is invalid\. It must be "crop", "pad" .* or "pad:#rrggbb"/,
  );
});
