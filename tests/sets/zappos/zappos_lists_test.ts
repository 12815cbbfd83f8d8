import assert from "node:assert/strict";
import sharp from "sharp";
import { auditSet } from "../../../src/sets/audit/audit_set.ts";
import { openImageSet, splits } from "../../../src/sets/image_set.ts";
import { preparePack } from "../../../src/sets/pack/pack.ts";
import { getZappos, type ZapposOptions } from "../../../src/sets/zappos/zappos.ts";
import { CsnError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import { FileServer, type ServedFile } from "../../helpers/file_server.ts";
import { readAttributes, readTriplets } from "../../helpers/table_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { zip } from "../../helpers/zip.ts";

const heels = [
  ["Flat", "flat"],
  ["Under 1in", "under-1in"],
  ["1in - 1 3/4in", "1in"],
  ["2in - 2 3/4in", "2in"],
  ["3in - 3 3/4in", "3in"],
  ["4in - 4 3/4in", "4in"],
  ["5in & over", "5in"],
];
const classes = ["Shoes", "Boots", "Sandals", "Slippers"];
const closures = ["Lace up", "Slip-On", "Pull-on", "Buckle", "Hook and Loop"];
const genders = ["Men", "Women", "Boys", "Girls"];

/** A shoe as UT Austin has it, and what the set must say of it. */
interface Shoe {
  readonly cid: string;
  /** Where its image lies; null when there is none. */
  readonly path: string | null;
  readonly row: string;
  readonly expected: readonly [type: string, closure: string, gender: string, heel: string];
}

function shoe(image: number): Shoe {
  const type = classes[image % 4];
  const closure = closures[image % 5];
  const gender = genders[(image >> 2) % 4];
  const [heelText, heel] = heels[image % 7];
  const cid = `${100_000 + image}-${image % 3 + 1}`;
  const brand = ["A.S. 98", "Levi's®", "Bonnie Jean.", "Nine West"][(image >> 1) % 4];
  const path = `${type}/Some Kind/${brand}/${cid.replace("-", ".")}.jpg`;
  // Odd cells, in turn.
  const odd = image % 11;
  const cells = [
    cid,
    odd === 1 ? `${type};Boots;Shoes` : type,
    "Some Kind",
    odd === 2 ? "" : odd === 3 ? "1in - 1 3/4in;2in - 2 3/4in" : heelText,
    "",
    odd === 4 ? "Zipper" : odd === 5 ? `${closure};Zipper` : closure,
    odd === 6 ? "Men;Women" : odd === 7 ? `${gender};${gender}` : gender,
    "Leather;Suede",
    "",
  ];
  return {
    cid,
    path: odd === 8 ? null : path,
    row: cells.map((cell) => `"${cell}"`).join(","),
    expected: [
      odd === 1 ? "" : type,
      odd === 4 || odd === 5 ? "" : closure,
      odd === 6 ? "" : gender,
      odd === 2 || odd === 3 ? "" : heel,
    ],
  };
}

const shoes = Array.from({ length: 330 }, (_, image) => shoe(image));
const head =
  '"CID","Category","SubCategory","HeelHeight","Insole","Closure","Gender","Material","ToeStyle"';
const metaData = [head, ...shoes.map(({ row }) => row), ""].join("\n");
const metaArchive = zip([
  { name: "ut-zap50k-data/readme.txt", data: "for academic use" },
  { name: "ut-zap50k-data/meta-data.csv", data: metaData },
]);

/** Pictures under the paths that the archive has: a last dot of a folder as %2E. */
async function imageArchive(): Promise<Uint8Array<ArrayBuffer>> {
  const entries = [];
  for (const [image, { path }] of shoes.entries()) {
    if (path === null) continue;
    const background = { r: image % 256, g: image * 7 % 256, b: image >> 1 & 255 };
    const data = await sharp({ create: { width: 16, height: 16, channels: 3, background } })
      .jpeg().toBuffer();
    entries.push({ name: `ut-zap50k-images/${path.replace("./", "%2E/")}`, data });
  }
  // One that no row names.
  return zip([...entries, { name: "ut-zap50k-images/Shoes/Flats/X/1.1.jpg", data: "none" }]);
}

const images = await imageArchive();
const counts = { train: 400, val: 40, test: 80 };

/** A mirror without the paper's lists. */
async function setting(files: Record<string, ServedFile> = {}) {
  const folder = await TemporaryFolder.make();
  const served: Record<string, ServedFile> = {
    "/ut-zap50k-images.zip": { body: images },
    "/ut-zap50k-data.zip": { body: metaArchive },
    ...files,
  };
  const server = new FileServer((path) => served[path] ?? { body: new Uint8Array(), status: 404 });
  const target = join(folder.path, "zappos");
  return {
    server,
    served,
    target,
    folder: folder.path,
    get: (options: ZapposOptions = {}) =>
      getZappos(target, { url: server.url, counts, ...options }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("getZappos() builds the four lists from UT Austin's attributes when the paper's cannot be had, and says so", async () => {
  await using at = await setting();
  const said: string[] = [];
  const listener = {
    warning: (text: string) => said.push(text),
    notice: (text: string) => said.push(text),
  };
  assert.equal(await at.get({ listener }), true);
  assert.match(
    said.join("\n"),
    /the paper's triplet lists cannot be had \(.*404.*\); csn builds lists of the same notions from UT Austin's attributes instead: results are comparable with the paper's, not identical/,
  );
  assert.match(
    said.join("\n"),
    /300 images have values .* 120 cells with several values are left out, and 30 rows whose image is not there/,
  );
  const set = await openImageSet(at.target);
  assert.deepEqual(set.notions, ["class", "closure", "gender", "heel"]);
  assert.equal(set.flip, true);
  const rows = await readAttributes(at.target);
  const there = shoes.filter(({ path }) => path !== null);
  assert.deepEqual(
    rows.map((row) => [row.file, row.class, row.closure, row.gender, row.heel]),
    there.map(({ path, expected }) => [path!.replace("./", "%2E/"), ...expected]),
  );
  const shares = splits.map((split) => rows.filter((row) => row.split === split).length);
  assert.deepEqual(shares, [210, 30, 60]);
  const steps = heels.map(([, bin]) => bin);
  for (const notion of set.notions) {
    for (const split of splits) {
      const triplets = await readTriplets(at.target, notion, split, rows.length);
      assert.equal(triplets.length, counts[split]);
      for (const triplet of triplets) {
        const [anchor, far, near] = triplet.map((image) => rows[image]);
        assert.ok([anchor, far, near].every((row) => row.split === split && row[notion] !== ""));
        assert.equal(anchor[notion], near[notion]);
        assert.notEqual(anchor[notion], far[notion]);
        const apart = Math.abs(steps.indexOf(anchor.heel) - steps.indexOf(far.heel));
        if (notion === "heel") assert.ok(apart >= 2);
      }
    }
  }
  const { report } = await auditSet(set, { pictures: false });
  assert.deepEqual(report.problems, []);
  const pack = await preparePack(set, 16);
  assert.deepEqual([pack.count, pack.unreadable.length], [300, 0]);
});

Deno.test("getZappos() builds lists once, and leaves nothing else behind", async () => {
  await using at = await setting();
  await at.get();
  at.server.requests.length = 0;
  assert.equal(await at.get(), false);
  assert.deepEqual(at.server.requests, []);
  assert.deepEqual([...Deno.readDirSync(at.target)].map(({ name }) => name).sort(), [
    "attributes.csv",
    "filenames.json",
    "set.json",
    "tripletlists",
    "ut-zap50k-images",
    "zappos.csv",
  ]);
});

Deno.test("getZappos() builds the same lists on every machine", async () => {
  await using one = await setting();
  await using two = await setting();
  await one.get();
  await two.get();
  for (const file of ["set.json", "attributes.csv", "tripletlists/heel_tripletlist_train.txt"]) {
    assert.equal(
      await Deno.readTextFile(join(one.target, file)),
      await Deno.readTextFile(join(two.target, file)),
    );
  }
});

Deno.test("getZappos() builds lists for a folder of the user's, from attributes of the user's", async () => {
  await using at = await setting();
  await at.get();
  const own = join(at.folder, "own");
  await Deno.rename(join(at.target, "ut-zap50k-images"), own);
  const meta = join(at.folder, "meta");
  await Deno.mkdir(meta);
  await Deno.writeTextFile(join(meta, "meta-data.csv"), metaData);
  const target = join(at.folder, "second");
  at.server.requests.length = 0;
  await getZappos(target, { url: at.server.url, counts, images: own, meta });
  assert.deepEqual(at.server.requests.map(({ path }) => path), ["/csn_zappos_triplets.zip"]);
  assert.equal((await openImageSet(target)).imageFolder, own);
  assert.equal(await getZappos(target, { url: at.server.url, counts, images: own, meta }), false);
});

Deno.test("getZappos() puts the paper's lists in the place of built ones when the user brings them", async () => {
  await using at = await setting();
  await at.get();
  const lists = join(at.folder, "lists");
  await Deno.mkdir(join(lists, "tripletlists"), { recursive: true });
  const names = shoes.filter(({ path }) => path !== null).slice(0, 3).map(({ path }) =>
    `${path}\n`
  );
  await Deno.writeTextFile(join(lists, "filenames.json"), names.join(""));
  for (const notion of ["class", "closure", "gender", "heel"]) {
    for (const split of splits) {
      const file = join(lists, "tripletlists", `${notion}_tripletlist_${split}.txt`);
      await Deno.writeTextFile(file, "0 1 2\n");
    }
  }
  assert.equal(await at.get({ triplets: lists }), true);
  const set = await openImageSet(at.target);
  assert.equal(set.imageFiles.length, 3);
  assert.equal(set.imageFolder, join(at.target, "ut-zap50k-images"));
  assert.ok(![...Deno.readDirSync(at.target)].some(({ name }) => name === "zappos.csv"));
  assert.equal(await at.get({ triplets: lists }), false);
});

Deno.test("getZappos() builds no lists when those that the user brings are bad", async () => {
  await using at = await setting();
  const own = join(at.folder, "bad.zip");
  await Deno.writeFile(own, zip([{ name: "a", data: "b" }]));
  await assert.rejects(at.get({ triplets: own }), /filenames.json and .* is missing/);
  assert.deepEqual(at.server.requests, []);
});

Deno.test("getZappos() says what to do when the attributes cannot be had or used either, and keeps the images", async () => {
  const other = zip([{ name: "meta-data.csv", data: "CID,Category\n1-1,Shoes\n" }]);
  const cases: [ServedFile, RegExp][] = [
    [{ body: new Uint8Array(), status: 404 }, /^Cannot download .*ut-zap50k-data\.zip.*404/],
    [{ body: zip([{ name: "a", data: "b" }]) }, /meta-data\.csv is missing/],
    [{ body: other }, /no column "Closure" but CID, Category/],
  ];
  for (const [file, wrong] of cases) {
    await using at = await setting({ "/ut-zap50k-data.zip": file });
    await assert.rejects(at.get(), (error: unknown) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, wrong);
      if (!/no column/.test(error.message)) {
        assert.match(
          error.message,
          /`triplets`.*`makeFontsSet\(\)`.*`meta`/,
        );
      }
      return true;
    });
    assert.ok(Deno.statSync(join(at.target, "ut-zap50k-images")).isDirectory);
    // Once it is mended, the rest is done.
    at.served["/ut-zap50k-data.zip"] = { body: metaArchive };
    assert.equal(await at.get(), true);
    assert.equal((await openImageSet(at.target)).imageFiles.length, 300);
  }
});
