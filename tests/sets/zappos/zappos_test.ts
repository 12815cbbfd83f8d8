import assert from "node:assert/strict";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { unzip } from "../../../src/files/unzip.ts";
import { getZappos, zapposLicence, type ZapposOptions } from "../../../src/sets/zappos/zappos.ts";
import { CsnError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import { FileServer, type ServedFile } from "../../helpers/file_server.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { zip, type ZipEntry } from "../../helpers/zip.ts";

const images = [
  "Boots/Ankle/A.S. 98/7.1.jpg",
  "Shoes/Flats/Levi's®/8.2.jpg",
  "Sandals/X/Y/9.3.jpg",
];

/** The image archive, nested in `prefix`. */
function imageArchive(prefix = ""): Uint8Array<ArrayBuffer> {
  return zip([
    { name: `${prefix}ut-zap50k-images/`, mode: 0o040755 },
    ...images.map((path) => ({ name: `${prefix}ut-zap50k-images/${path}`, data: `jpeg ${path}` })),
    { name: `${prefix}readme.txt`, data: "for academic use" },
  ]);
}

function listEntries(): ZipEntry[] {
  const entries: ZipEntry[] = [{ name: "filenames.json", data: images.join("\n") + "\n" }];
  for (const notion of ["class", "closure", "gender", "heel"]) {
    for (const split of ["train", "val", "test"]) {
      entries.push({ name: `tripletlists/${notion}_tripletlist_${split}.txt`, data: "0 1 2\n" });
    }
  }
  return entries;
}

const tripletArchive = zip(listEntries());

/** A mirror with both archives, and the folder of the set. */
async function setting(files: Record<string, Partial<ServedFile>> = {}) {
  const folder = await TemporaryFolder.make();
  const served: Record<string, ServedFile> = {
    "/mirror/ut-zap50k-images.zip": { body: imageArchive(), etag: '"i"', ...files.images },
    "/mirror/csn_zappos_triplets.zip": { body: tripletArchive, etag: '"t"', ...files.triplets },
  };
  const server = new FileServer((path) => served[path] ?? { body: new Uint8Array(0), status: 404 });
  const target = join(folder.path, "zappos");
  return {
    server,
    served,
    folder: folder.path,
    target,
    get: (options: ZapposOptions = {}) =>
      getZappos(target, { url: `${server.url}/mirror/`, ...options }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

const complete = ["filenames.json", "tripletlists", "ut-zap50k-images"];

Deno.test("getZappos() lays the set out as the reference code does", async () => {
  await using at = await setting();
  const notices: string[] = [];
  assert.equal(await at.get({ listener: { notice: (text) => notices.push(text) } }), true);
  assert.deepEqual(names(at.target), complete);
  assert.ok(notices.includes(zapposLicence));
  const set = await openImageSet(at.target);
  assert.deepEqual(set.imageFiles, images);
  assert.deepEqual(set.notions, ["class", "closure", "gender", "heel"]);
  for (const path of set.imageFiles) {
    assert.equal(await Deno.readTextFile(join(set.imageFolder, path)), `jpeg ${path}`);
  }
});

Deno.test("getZappos() does nothing a second time", async () => {
  await using at = await setting();
  await at.get();
  at.server.requests.length = 0;
  assert.equal(await at.get(), false);
  assert.deepEqual(at.server.requests, []);
});

Deno.test("getZappos() completes lists that another program left half unpacked", async () => {
  await using at = await setting();
  await at.get();
  await Deno.remove(join(at.target, "tripletlists/gender_tripletlist_test.txt"));
  assert.equal(await at.get(), true);
  assert.equal(names(join(at.target, "tripletlists")).length, 12);
  assert.deepEqual(names(at.target), complete);
});

Deno.test("getZappos() goes on where a run stopped, and keeps what was done", async () => {
  await using at = await setting({ images: { cutAfter: 300, cuts: 1 } });
  const controller = new AbortController();
  const listener = { warning: () => controller.abort(new Error("killed")) };
  await assert.rejects(at.get({ listener, signal: controller.signal }), /killed/);
  assert.ok(names(at.target).includes("filenames.json"));
  assert.ok(!names(at.target).includes("ut-zap50k-images"));
  at.server.requests.length = 0;
  await at.get();
  assert.deepEqual(at.server.requests, [
    { path: "/mirror/ut-zap50k-images.zip", range: "bytes=300-" },
  ]);
  assert.deepEqual(names(at.target), complete);
});

Deno.test("getZappos() says what to do when an address is dead", async () => {
  for (const part of ["triplets", "images"]) {
    await using at = await setting({ [part]: { status: 404 } });
    await assert.rejects(at.get(), (error: unknown) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, /^Cannot download http.*answered 404/);
      assert.match(error.message, new RegExp(`with \`${part}\``));
      assert.match(error.message, /with `url`/);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  }
});

Deno.test("getZappos() goes on with a file of the user's after a dead address", async () => {
  await using at = await setting({ triplets: { status: 404 } });
  await assert.rejects(at.get(), /404/);
  const own = join(at.folder, "mine.zip");
  await Deno.writeFile(own, tripletArchive);
  await at.get({ triplets: own });
  assert.deepEqual(names(at.target), complete);
  assert.deepEqual(await Deno.readFile(own), tripletArchive);
});

Deno.test("getZappos() takes archives of the user's, however nested, without the network", async () => {
  await using at = await setting();
  const [own, lists] = [join(at.folder, "i.zip"), join(at.folder, "t.zip")];
  await Deno.writeFile(own, imageArchive("download/ut-zap50k-images/"));
  await Deno.writeFile(lists, tripletArchive);
  await at.get({ images: own, triplets: lists });
  assert.deepEqual(at.server.requests, []);
  assert.deepEqual(names(at.target), complete);
  assert.deepEqual(names(join(at.target, "ut-zap50k-images")), ["Boots", "Sandals", "Shoes"]);
});

Deno.test("getZappos() leaves a folder of the user's where it is", async () => {
  await using at = await setting();
  const own = join(at.folder, "own");
  const lists = join(at.folder, "lists.zip");
  await Deno.writeFile(lists, tripletArchive);
  await Deno.writeFile(join(at.folder, "images.zip"), imageArchive());
  await unzip(join(at.folder, "images.zip"), own);
  const extracted = join(at.folder, "extracted");
  await unzip(lists, extracted);
  await at.get({ images: own, triplets: extracted });
  assert.deepEqual(at.server.requests, []);
  const set = await openImageSet(at.target);
  assert.equal(set.imageFolder, join(own, "ut-zap50k-images"));
  assert.equal(set.flip, true);
  assert.deepEqual(set.notions, ["class", "closure", "gender", "heel"]);
  assert.deepEqual(names(own), ["readme.txt", "ut-zap50k-images"]);
  assert.deepEqual(names(extracted), ["filenames.json", "tripletlists"]);
  assert.equal(await at.get(), false);
});

Deno.test("getZappos() refuses archives and folders with something else in them", async () => {
  const page = new TextEncoder().encode("<html>Gone</html>");
  const without = zip(listEntries().filter(({ name }) => !name.includes("heel_tripletlist_val")));
  const cases: [Record<string, Partial<ServedFile>>, RegExp][] = [
    [{ triplets: { body: page } }, /it is no zip archive/],
    [{ triplets: { body: zip([{ name: "a", data: "b" }]) } }, /filenames.json and .* is missing/],
    [{ triplets: { body: without } }, /heel_tripletlist_val.txt is missing/],
    [{ images: { body: zip([{ name: "cats/1.jpg", data: "b" }]) } }, /none of the folders Boots/],
  ];
  for (const [files, message] of cases) {
    await using at = await setting(files);
    await assert.rejects(at.get(), message);
    const left = names(at.target).filter((name) =>
      name.includes("zip") || /\.(images|tr)/.test(name)
    );
    assert.deepEqual(left, []);
  }
});

Deno.test("getZappos() refuses paths that are not there and addresses that are none", async () => {
  await using at = await setting();
  await assert.rejects(
    at.get({ triplets: join(at.folder, "no.zip") }),
    /Cannot use `triplets: ".*no such/,
  );
  await assert.rejects(at.get({ url: "ftp://x/y" }), /Cannot fetch from `url: "ftp:\/\/x\/y"`/);
});

Deno.test("getZappos() uses archives that the user has put into the folder, and leaves them there", async () => {
  await using at = await setting();
  await Deno.mkdir(at.target);
  const own = join(at.target, "ut-zap50k-images.zip");
  await Deno.writeFile(own, imageArchive());
  await at.get();
  assert.deepEqual(at.server.requests.map(({ path }) => path), ["/mirror/csn_zappos_triplets.zip"]);
  assert.deepEqual(await Deno.readFile(own), imageArchive());
  // Nor is a damaged one removed: it is the user's.
  await Deno.remove(join(at.target, "ut-zap50k-images"), { recursive: true });
  await Deno.writeTextFile(own, "no archive");
  await assert.rejects(at.get(), /it is no zip archive/);
  assert.equal(await Deno.readTextFile(own), "no archive");
});

Deno.test("getZappos() refuses to put its lists in the place of another set's or of the user's files", async () => {
  const cases: [file: string, text: string, message: RegExp][] = [
    [
      "tripletlists/mine.txt",
      "0 1 2\n",
      /did not put there \(tripletlists\/mine\.txt\), .*`folder`/,
    ],
    ["tripletlists/colour_tripletlist_train.txt", "0 1 2\n", /colour_tripletlist_train\.txt/],
    ["attributes.csv", "file,colour\n", /did not put there \(attributes\.csv\)/],
    [
      "set.json",
      '{"format": 1, "name": "shoes", "images": "i", "notions": ["colour"], "flip": true}',
      /another image set lies there, shoes; choose another folder/,
    ],
  ];
  for (const [file, text, message] of cases) {
    await using at = await setting();
    await Deno.mkdir(join(at.target, "tripletlists"), { recursive: true });
    await Deno.writeTextFile(join(at.target, file), text);
    await assert.rejects(at.get(), message);
    assert.equal(await Deno.readTextFile(join(at.target, file)), text);
    assert.deepEqual(at.server.requests, []);
  }
});

Deno.test("getZappos() explains a folder that cannot be made or written", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "the user's");
  for (const target of [file, join(file, "zappos"), "/proc/zappos"]) {
    await assert.rejects(getZappos(target), {
      name: "CsnError",
      message: new RegExp(
        `^Cannot fetch Zappos50k to ${target}: .*; choose a folder .*\`folder\`$`,
      ),
    });
  }
  assert.equal(await Deno.readTextFile(file), "the user's");
});
