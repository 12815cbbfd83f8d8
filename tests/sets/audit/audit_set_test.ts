import assert from "node:assert/strict";
import fc from "fast-check";
import { auditSet } from "../../../src/sets/audit/audit_set.ts";
import { openImageSet, type Split, splits } from "../../../src/sets/image_set.ts";
import { makeTriplets } from "../../../src/sets/make/make_triplets.ts";
import { tripletListPath } from "../../../src/sets/triplet_list.ts";
import { join } from "../../../src/files/paths.ts";
import { randomBelow } from "../../../src/base/random.ts";
import { readAttributes } from "../../helpers/table_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import sharp from "sharp";

const images = 80;
const notions = ["shape", "size"];

/** A clean set of 80 pictures that differ. */
async function cleanSet(folder: string): Promise<string> {
  await Deno.mkdir(join(folder, "images"));
  const rows = ["image,shape,size"];
  for (let image = 0; image < images; image++) {
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      // Blocks of four pixels: differences are large, and survive any grid.
      return randomBelow(image, 0, (pixel % 32 >> 2) + 8 * (pixel >> 7), 256);
    });
    await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } }).png()
      .toFile(join(folder, "images", `${image}.png`));
    rows.push(`${image}.png,${"abc"[image % 3]},${randomBelow(7, 1, image, 5)}`);
  }
  await Deno.writeTextFile(join(folder, "table.csv"), rows.join("\n"));
  const set = join(folder, "set");
  await makeTriplets(set, {
    images: join(folder, "images"),
    attributes: join(folder, "table.csv"),
    notions,
    shares: { train: 2, val: 1, test: 1 },
    triplets: { train: 300, val: 60, test: 60 },
  });
  return set;
}

async function audit(set: string, pictures = false) {
  return await auditSet(await openImageSet(set), { pictures });
}

async function readLines(set: string, notion: string, split: Split): Promise<string[]> {
  return (await Deno.readTextFile(tripletListPath(set, { notion, split }))).trimEnd().split("\n");
}

async function writeLines(set: string, notion: string, split: Split, lines: readonly string[]) {
  await Deno.writeTextFile(tripletListPath(set, { notion, split }), lines.join("\n") + "\n");
}

Deno.test("auditSet() says that names of notions clash", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  const { report } = await auditSet({ ...await openImageSet(set), notions: ["shape", "Shape"] }, {
    pictures: false,
  });
  assert.equal(report.ok, false);
  assert.match(report.problems[0], /^the notions "shape" and "Shape" differ only in case/);
});

Deno.test("auditSet() finds nothing in a clean set", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  const { report, findings } = await audit(set, true);
  assert.equal(report.ok, true);
  assert.deepEqual(report.problems, []);
  assert.equal(report.images, images);
  assert.deepEqual([report.missingImages, report.identicalAcrossSplits, report.nearDuplicates], [
    0,
    0,
    0,
  ]);
  assert.deepEqual(findings.filter(({ kind }) => kind !== "unlinkedImages"), []);
  assert.deepEqual(
    report.notions.map(({ name, split, triplets }) => [name, split, triplets]),
    notions.flatMap((name) => splits.map((split) => [name, split, split === "train" ? 300 : 60])),
  );
});

/** Ways to spoil a list; each says what it must be found as. */
const faults: Record<string, (lines: string[], at: number, other: number) => string | null> = {
  malformed: () => "1 2",
  outOfRange: (_, __, other) => `${other} ${images} 3`,
  equalMembers: (lines, at) => lines[at].replace(/^(\d+) (\d+) (\d+)$/, "$1 $2 $1"),
  duplicates: (lines, at) => lines[at],
  contradictions: (lines, at) => lines[at].replace(/^(\d+) (\d+) (\d+)$/, "$1 $3 $2"),
};

Deno.test("auditSet() finds every planted fault, in its line, and nothing else", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  // Most faults contradict the values, too; here lists are held against themselves.
  await Deno.remove(join(set, "attributes.csv"));
  const clean = new Map<string, string[]>();
  for (const notion of notions) {
    for (const split of splits) {
      clean.set(`${notion} ${split}`, await readLines(set, notion, split));
    }
  }
  const fault = fc.record({
    kind: fc.constantFrom(...Object.keys(faults)),
    notion: fc.constantFrom(...notions),
    split: fc.constantFrom(...splits),
    at: fc.nat(59),
    other: fc.nat(images - 1),
  });
  const different = (fault: { kind: string; notion: string; split: string; at: number }) =>
    `${fault.notion} ${fault.split} ${fault.at}`;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fault, { maxLength: 8, selector: different }),
      async (planted) => {
        const expected = new Set<string>();
        for (const [key, lines] of clean) {
          const [notion, split] = key.split(" ") as [string, Split];
          const added = planted.filter((one) => one.notion === notion && one.split === split);
          const spoilt = [...lines];
          for (const { kind, at, other } of added) {
            spoilt.push(faults[kind](lines, at, other)!);
            expected.add(
              `${kind} tripletlists/${notion}_tripletlist_${split}.txt:${spoilt.length}`,
            );
          }
          await writeLines(set, notion, split, spoilt);
        }
        const { report, findings } = await audit(set);
        const found = findings.filter(({ kind }) => kind !== "unlinkedImages" && kind !== "hubs");
        assert.deepEqual(
          found.map(({ kind, file, line }) => `${kind} ${file}:${line}`).sort(),
          [...expected].sort(),
        );
        for (const list of report.notions) {
          for (const kind of Object.keys(faults) as (keyof typeof list)[]) {
            const count = planted.filter((one) =>
              one.kind === kind && one.notion === list.name && one.split === list.split
            ).length;
            assert.equal(list[kind], count);
          }
        }
        // Of 60 to 308 triplets one is more than 0.1 %; duplicates spoil nothing.
        assert.equal(report.ok, planted.every(({ kind }) => kind === "duplicates"));
      },
    ),
    { numRuns: 40, seed: 1 },
  );
});

Deno.test("auditSet() finds circles, and reports them only", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  const rows = await readAttributes(set);
  const [a, b, c, d] = rows.keys().filter((image) => rows[image].split === "train");
  await Deno.remove(join(set, "attributes.csv"));
  await writeLines(set, "shape", "train", [`${a} ${b} ${c}`, `${a} ${c} ${d}`, `${a} ${d} ${b}`]);
  const { report, findings } = await audit(set);
  assert.equal(report.notions[0].cycles, 1);
  assert.deepEqual(
    findings.filter(({ kind }) => kind === "cycles").map(({ line, images }) => [line, images]),
    [[1, [a, b, c]], [2, [a, c, d]], [3, [a, d, b]]],
  );
  assert.equal(report.ok, true);
});

Deno.test("auditSet() finds images in several splits, by path too, and unlinked ones", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  const rows = await readAttributes(set);
  const inTest = rows.findIndex(({ split }) => split === "test");
  const before = (await audit(set)).report;
  await writeLines(set, "shape", "val", [
    ...await readLines(set, "shape", "val"),
    (await readLines(set, "shape", "val"))[0].replace(/^\d+/, String(inTest)),
  ]);
  const { report, findings } = await audit(set);
  assert.equal(report.imagesInSeveralSplits, 1);
  assert.equal(report.ok, false);
  assert.match(report.problems.join(), /1 images are in more than one split/);
  const [finding] = findings.filter(({ kind }) => kind === "imagesInSeveralSplits");
  assert.deepEqual([finding.images, finding.detail], [[inTest], "val, test"]);
  // The same path twice is one image; a path that no list names is unlinked.
  const names = (await Deno.readTextFile(join(set, "filenames.json"))).trimEnd().split("\n");
  await Deno.writeTextFile(join(set, "filenames.json"), [...names, "new.png", ""].join("\n"));
  assert.equal((await audit(set)).report.unlinkedImages, before.unlinkedImages + 1);
  const inTrain = rows.findIndex(({ split }) => split === "train");
  const doubled = names.map((name, image) => image === inTrain ? names[inTest] : name);
  await Deno.writeTextFile(join(set, "filenames.json"), doubled.join("\n") + "\n");
  const twice = (await audit(set)).findings.filter(({ kind }) => kind === "imagesInSeveralSplits");
  assert.deepEqual(twice.map(({ images, detail }) => [images, detail]), [
    [[Math.min(inTrain, inTest)], "train, val, test"],
  ]);
});

Deno.test("auditSet() counts pictures that are the same to the byte across splits as leakage", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  const rows = await readAttributes(set);
  const of = (split: string) =>
    rows.keys().filter((image) => rows[image].split === split).toArray();
  const path = (image: number) => join(folder.path, "images", rows[image].file);
  const [first, second] = of("train");
  const [test] = of("test");
  await Deno.copyFile(path(first), path(second));
  assert.equal((await audit(set, true)).report.identicalAcrossSplits, 0, "in one split");
  await Deno.copyFile(path(first), path(test));
  const { report, findings } = await audit(set, true);
  assert.equal(report.identicalAcrossSplits, 3);
  assert.equal(report.ok, false);
  assert.match(report.problems.join(), /3 images are the same to the byte/);
  const pairs = findings.filter(({ kind }) => kind === "identicalAcrossSplits").map(({ images }) =>
    images
  );
  assert.deepEqual(
    pairs,
    [[first, test], [second, test], [test, first]].sort((a, b) => a[0] - b[0]),
  );
});

Deno.test("auditSet() reports pictures that look the same across splits, and goes on", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  const rows = await readAttributes(set);
  const [train] = rows.keys().filter((image) => rows[image].split === "train");
  const [test] = rows.keys().filter((image) => rows[image].split === "test");
  const path = (image: number) => join(folder.path, "images", rows[image].file);
  // The same picture, a little darker.
  const darker = await sharp(path(train)).linear(0.9, 0).png().toBuffer();
  await Deno.writeFile(path(test), darker);
  const { report, findings } = await audit(set, true);
  assert.deepEqual([report.identicalAcrossSplits, report.nearDuplicates, report.ok], [0, 2, true]);
  const pairs = findings.filter(({ kind }) => kind === "nearDuplicates").map(({ images }) =>
    images
  );
  assert.deepEqual(pairs, [[train, test], [test, train]].sort((a, b) => a[0] - b[0]));
});

Deno.test("auditSet() says which lists are missing or empty, and when there are no pictures to compare", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  await Deno.remove(tripletListPath(set, { notion: "shape", split: "val" }));
  await Deno.writeTextFile(tripletListPath(set, { notion: "size", split: "test" }), "\n");
  await Deno.remove(join(folder.path, "images"), { recursive: true });
  const { report } = await audit(set, true);
  assert.deepEqual(report.problems, [
    "shape (val): there is no list, or no triplet in it",
    "size (test): there is no list, or no triplet in it",
  ]);
  assert.deepEqual([report.missingImages, report.nearDuplicates], [null, null]);
  assert.equal(report.notExamined.length, 1);
  assert.match(report.notExamined[0], /^pictures: there is no folder .*correct "images"/);
});

Deno.test("auditSet() calls no set ok of which it could not examine pictures, and says how many", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  const rows = await readAttributes(set);
  const path = (row: number) => join(folder.path, "images", rows[row].file);
  const { findings: clean } = await audit(set);
  const unlinked = new Set(
    clean.flatMap(({ kind, images }) => kind === "unlinkedImages" ? images : []),
  );
  const [gone, empty, ...others] = rows.keys().filter((row) => !unlinked.has(row));
  await Deno.remove(path(gone));
  await Deno.writeFile(path(empty), new Uint8Array([1, 2, 3]));
  const { report, findings } = await audit(set, true);
  const all = others.length + 2;
  assert.deepEqual([report.ok, report.missingImages, report.unreadableImages], [false, 1, 1]);
  assert.deepEqual(report.problems, []);
  assert.deepEqual(report.notExamined, [
    `1 of the ${all} pictures: they are not on the disk`,
    `1 of the ${all} pictures: they cannot be read or decoded`,
  ]);
  const of = (wanted: string) =>
    findings.filter(({ kind }) => kind === wanted).map(({ images }) => images);
  assert.deepEqual([of("missingImages"), of("unreadableImages")], [[[gone]], [[empty]]]);
  assert.equal((await audit(set)).report.ok, true, "without pictures");
});

Deno.test("auditSet() finds lines that contradict the set's values, and says when far and near are exchanged", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  assert.deepEqual((await audit(set)).report.notions.map((list) => list.valueContradictions), [
    ...[0, 0, 0, 0, 0, 0],
  ]);
  const exchanged = (line: string) => line.replace(/^(\d+) (\d+) (\d+)$/, "$1 $3 $2");
  const shape = await readLines(set, "shape", "train");
  const size = await readLines(set, "size", "test");
  await writeLines(set, "shape", "train", shape.map(exchanged));
  await writeLines(set, "size", "test", [exchanged(size[0]), ...size.slice(1)]);
  const { report, findings } = await audit(set);
  assert.deepEqual(
    report.notions.map((list) => [list.valueContradictions, list.looksExchanged]),
    [[300, true], [0, false], [0, false], [0, false], [0, false], [1, false]],
  );
  assert.deepEqual(report.problems, [
    "shape (train): 300 of 300 triplets contradict the set's values (attributes.csv)",
    "shape (train): far and near are exchanged; a line is `anchor far near`",
    "size (test): 1 of 60 triplets contradict the set's values (attributes.csv)",
  ]);
  const found = findings.filter(({ kind }) => kind === "valueContradictions");
  assert.equal(found.length, 301);
  assert.deepEqual([found[300].file, found[300].line], [
    "tripletlists/size_tripletlist_test.txt",
    1,
  ]);
});

Deno.test("auditSet() says perhaps, where the set has no values", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  await Deno.remove(join(set, "attributes.csv"));
  assert.deepEqual((await audit(set)).report.problems, []);
  for (const split of splits) {
    const lines = await readLines(set, "shape", split);
    await writeLines(
      set,
      "shape",
      split,
      lines.map((line) => line.replace(/^(\d+) (\d+) (\d+)$/, "$1 $3 $2")),
    );
  }
  const { report } = await audit(set);
  assert.equal(report.ok, false);
  assert.match(report.problems[0], /^shape \(train\): perhaps far and near are exchanged/);
  assert.ok(
    report.problems.every((problem) => problem.startsWith("shape")),
    report.problems.join(),
  );
});

Deno.test("auditSet() says that values were not held against the lists when they are of other images", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await cleanSet(folder.path);
  const text = await Deno.readTextFile(join(set, "attributes.csv"));
  await Deno.writeTextFile(join(set, "attributes.csv"), text.replace("\n0.png", "\nzero.png"));
  const { report } = await audit(set);
  assert.deepEqual([report.ok, report.problems], [false, []]);
  assert.match(report.notExamined[0], /^whether lists and values agree: .* are not the images of/);
});
