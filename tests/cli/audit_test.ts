import assert from "node:assert/strict";
import { tripletListPath } from "../../src/sets/triplet_list.ts";
import { join } from "../../src/files/paths.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** A set whose splits share no image: 9 pictures of each to each. */
async function writeSplitSet(folder: string): Promise<void> {
  await writeTinySet(folder, { triplets: 64 });
  // Pictures 0 to 17 to train, 18 to 26 and 27 to 35 to the others; colour is image % 3.
  for (const notion of ["colour", "shape"]) {
    for (const [split, first] of [["train", 0], ["val", 18], ["test", 27]] as const) {
      const lines = notion === "colour" ? ["0 1 3", "1 2 4", "2 3 5"] : ["0 3 1", "3 6 4", "6 0 7"];
      const moved = lines.map((line) => line.split(" ").map((n) => Number(n) + first).join(" "));
      await Deno.writeTextFile(tripletListPath(folder, { notion, split }), moved.join("\n") + "\n");
    }
  }
}

Deno.test("audit ends with 0 for a clean set, in a table and as JSON", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeSplitSet(set);
  const text = await runCli(["audit", set]);
  assert.equal(text.code, 0, text.stdout + text.stderr);
  assert.match(text.stdout, /colour +train +3 +6 /);
  assert.match(text.stdout, /^ok: nothing was found that would spoil a result$/m);
  const json = await runCli(["audit", set, "--json", "--no-pictures"]);
  const { notions, ...report } = JSON.parse(json.stdout);
  assert.deepEqual(report, {
    ok: true,
    problems: [],
    notExamined: [],
    set: "tiny",
    images: 36,
    imagesInSeveralSplits: 0,
    unlinkedImages: 36 - 3 * 8,
    missingImages: null,
    unreadableImages: null,
    identicalAcrossSplits: null,
    nearDuplicates: null,
  });
  assert.deepEqual(notions[0], {
    name: "colour",
    split: "train",
    missing: false,
    triplets: 3,
    images: 6,
    malformed: 0,
    outOfRange: 0,
    equalMembers: 0,
    duplicates: 0,
    contradictions: 0,
    cycles: 0,
    hubs: 0,
    mostTriplets: 2,
    valueContradictions: null,
    looksExchanged: false,
  });
});

Deno.test("audit ends with 1 for a set that would spoil a result, says why, and lists lines in a CSV", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeSplitSet(set);
  await Deno.writeTextFile(
    tripletListPath(set, { notion: "colour", split: "test" }),
    "27 28 30\n27 30 28\n1 2 4, x\n",
  );
  const { code, stdout } = await runCli(["audit", "set", "--csv", "a.csv"], { cwd: folder.path });
  assert.equal(code, 1);
  assert.match(
    stdout,
    /not ok: this would spoil a result:\n {2}colour \(test\): 1 malformed lines/,
  );
  assert.match(stdout, /colour \(test\): 1 of 2 triplets contradict another/);
  const rows = (await Deno.readTextFile(join(folder.path, "a.csv"))).split("\n");
  assert.equal(rows[0], "kind,file,line,anchor or image,far or other,near,path,detail");
  const list = "tripletlists/colour_tripletlist_test.txt";
  assert.ok(rows.includes(`malformed,${list},3,,,,,"1 2 4, x"`), rows.join("\n"));
  assert.ok(rows.includes(`contradictions,${list},2,27,30,28,27.png,`), rows.join("\n"));
  const json = await runCli(["audit", set, "--json"]);
  assert.equal(json.code, 1);
  assert.equal(JSON.parse(json.stdout).ok, false);
});

Deno.test("audit --resume lists the triplets that a model gets most wrong", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeSplitSet(set);
  const model = await writeTinyModel(folder.path);
  const { code, stdout, stderr } = await runCli([
    ...["audit", set, "--json", "--no-pictures", "--resume", model],
    ...["--suspects", "1", "--split", "train", "val"],
  ]);
  assert.equal(code, 0, stderr);
  const { suspects } = JSON.parse(stdout);
  assert.ok(suspects.length > 0 && suspects.length <= 4);
  for (const { split, wrongBy } of suspects) {
    assert.ok(["train", "val"].includes(split));
    assert.ok(wrongBy >= 0);
  }
  // Lists that cannot be trained on are to be mended first.
  await Deno.writeTextFile(tripletListPath(set, { notion: "shape", split: "val" }), "18 21\n");
  const spoilt = await runCli(["audit", set, "--no-pictures", "--resume", model]);
  assert.equal(spoilt.code, 1);
  assert.match(spoilt.stderr, /no suspects are looked for: first mend the lists/);
});

Deno.test("audit says when there is no such set, and refuses an unknown split", async () => {
  const missing = await runCli(["audit", "/nowhere/set"]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /Cannot open the image set \/nowhere\/set: there is no such folder/);
  assert.equal((await runCli(["audit", "/nowhere/set", "--split", "dev"])).code, 2);
});

Deno.test("audit --csv replaces its own tables, and others only with --overwrite", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeSplitSet(set);
  const table = join(folder.path, "table.csv");
  await Deno.writeTextFile(table, "image,colour\n0.png,red\n");
  const audit = (...args: string[]) => runCli(["audit", set, "--no-pictures", "--csv", ...args]);
  const refused = await audit(table);
  assert.equal(refused.code, 1);
  assert.equal(refused.stdout, "");
  assert.match(refused.stderr, /Cannot write findings to .*table\.csv: .*--csv, .*--overwrite/);
  assert.equal(await Deno.readTextFile(table), "image,colour\n0.png,red\n");
  assert.equal((await audit(table, "--overwrite")).code, 0);
  assert.match(await Deno.readTextFile(table), /^kind,file,line,anchor or image,/);
  assert.equal((await audit(table)).code, 0);
  const nowhere = await audit(join(folder.path, "none", "a.csv"));
  assert.deepEqual([nowhere.code, nowhere.stdout], [1, ""]);
  assert.match(nowhere.stderr, /there is no folder .*none; make it/);
});

Deno.test("audit without the pictures is no ok, unless --no-pictures asks for it", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeSplitSet(set);
  await Deno.rename(join(set, "images"), join(set, "away"));
  const asked = await runCli(["audit", set]);
  assert.equal(asked.code, 1);
  assert.match(asked.stdout, /same to the byte as one of another split +not examined/);
  assert.match(asked.stdout, /^not examined:\n {2}pictures: there is no folder .*images/m);
  assert.match(
    asked.stdout.trimEnd().split("\n").at(-1)!,
    /^not all was examined, so this is no ok/,
  );
  const without = await runCli(["audit", set, "--no-pictures"]);
  assert.equal(without.code, 0);
  assert.match(without.stdout, /^ok: nothing was found .*; pictures were not examined$/m);
});
