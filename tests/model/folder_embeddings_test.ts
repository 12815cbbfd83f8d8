import assert from "node:assert/strict";
import { projectFolder } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { embedFolder } from "../../src/model/folder_embeddings.ts";
import { Model } from "../../src/model/model.ts";
import { readModelFile, writeModelFile } from "../../src/model/model_file.ts";
import { storeCalibration } from "../../src/analysis/store_calibration.ts";
import { sha256 } from "../../src/files/sha256.ts";
import { digestFiles } from "../../src/files/file_digests.ts";
import { readStored, writeStored } from "../../src/model/stored_embeddings.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** A model and a folder of five images. */
async function withImages(
  test: (parts: { root: string; images: string; model: Model }) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"), { triplets: 4 });
  const images = join(folder.path, "images");
  await Deno.mkdir(images);
  for (let i = 0; i < 5; i++) {
    await Deno.copyFile(
      join(folder.path, "set", "images", `${i}.png`),
      join(images, `${i}.png`),
    );
  }
  using model = await Model.load(await writeTinyModel(folder.path));
  await test({ root: folder.path, images, model });
}

/** The embeddings, and how many images were embedded for them. */
async function embed(model: Model, images: string) {
  let embedded = 0;
  const set = await embedFolder(model, images, {
    listener: { progress: ({ done }) => embedded = done },
  });
  return { set, embedded };
}

/** Whether two embeddings are of one image, but for what the others of its batch change. */
function assertClose(found: Float32Array, expected: Float32Array): void {
  found.forEach((value, d) => assert.ok(Math.abs(value - expected[d]) < 1e-5));
}

function keptFile(images: string): string {
  const kept = [...Deno.readDirSync(images)].filter(({ name }) => name.startsWith(".csn-"));
  assert.equal(kept.length, 1);
  return join(images, kept[0].name);
}

Deno.test("embedFolder() embeds a folder once, and of it what changes", () =>
  withImages(async ({ root, images, model }) => {
    const first = await embed(model, images);
    assert.equal(first.embedded, 5);
    assert.deepEqual(first.set.names, ["0.png", "1.png", "2.png", "3.png", "4.png"]);
    assert.deepEqual(await embed(model, images), { set: first.set, embedded: 0 });
    await Deno.copyFile(join(root, "set", "images", "30.png"), join(images, "4.png"));
    await Deno.utime(join(images, "4.png"), 1, 1);
    const changed = await embed(model, images);
    assert.equal(changed.embedded, 1);
    assert.deepEqual(changed.set.at(3), first.set.at(3));
    assert.notDeepEqual(changed.set.at(4), first.set.at(4));
  }));

Deno.test("embedFolder() does not trust embeddings of a model that was trained on, nor a damaged file", () =>
  withImages(async ({ root, images, model }) => {
    const { set } = await embed(model, images);
    const kept = keptFile(images);
    const whole = await Deno.readFile(kept);
    await Deno.writeFile(kept, whole.subarray(0, whole.length - 4));
    assert.deepEqual(await embed(model, images), { set, embedded: 5 });
    const path = await writeTinyModel(root, 2);
    await Deno.utime(path, 1, 1);
    using other = await Model.load(path);
    const found = await embed(other, images);
    assert.equal(found.embedded, 5);
    assert.notDeepEqual(found.set.vectors, set.vectors);
  }));

Deno.test("embedFolder() stops at the signal and keeps nothing", () =>
  withImages(async ({ images, model }) => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(embedFolder(model, images, { signal }), /enough/);
    assert.deepEqual([...Deno.readDirSync(images)].filter(({ name }) => name.startsWith(".")), []);
  }));

Deno.test("embedFolder() notices a picture that is replaced by one of its size and time", () =>
  withImages(async ({ images, model }) => {
    const sizeOf = (name: string) => Deno.statSync(join(images, name)).size;
    const one = join(images, "1.png");
    const other = new Uint8Array(1 + Math.max(sizeOf("0.png"), sizeOf("1.png")));
    // Zeros behind a picture's end do not count.
    other.set(await Deno.readFile(one));
    await Deno.writeFile(one, other);
    const { mtime } = await Deno.stat(one);
    const first = await embed(model, images);
    other.fill(0);
    other.set(await Deno.readFile(join(images, "0.png")));
    await Deno.writeFile(one, other);
    await Deno.utime(one, mtime!, mtime!);
    const second = await embed(model, images);
    assert.equal(second.embedded, 1);
    assertClose(second.set.at(1), first.set.at(0));
  }));

Deno.test("embedFolder() does not give embeddings of another precision, nor of another fit", () =>
  withImages(async ({ images, model }) => {
    await embed(model, images);
    using coarse = await Model.load(model.path, { device: "cpu", precision: "bf16" });
    assert.equal((await embed(coarse, images)).embedded, 5);
    const { set } = await embed(model, images);
    const [{ tensors, info }, { mtime }] = [
      await readModelFile(model.path),
      await Deno.stat(model.path),
    ];
    await writeModelFile(model.path, { info: { ...info, fit: "pad:#ffffff" }, tensors });
    await Deno.utime(model.path, mtime!, mtime!);
    using padding = await Model.load(model.path);
    assert.equal((await embed(padding, images)).embedded, 5);
    // Square pictures are padded with nothing.
    assert.deepEqual((await embed(padding, images)).set, set);
  }));

Deno.test("embedFolder() uses embeddings of a folder that was copied with its times", () =>
  withImages(async ({ root, images, model }) => {
    const { set } = await embed(model, images);
    const copy = join(root, "copy");
    assert.ok((await new Deno.Command("cp", { args: ["-a", images, copy] }).output()).success);
    assert.deepEqual(await embed(model, copy), { set, embedded: 0 });
  }));

Deno.test("embedFolder() keeps embeddings in the cache when the folder does not take them, and says so once", () =>
  withImages(async ({ root, images, model }) => {
    await embed(model, images);
    const kept = keptFile(images);
    await Deno.remove(kept);
    // Where the file would be, something lies that cannot be replaced.
    await Deno.mkdir(join(kept, "in the way"), { recursive: true });
    const before = Deno.env.get("CSN_CACHE");
    Deno.env.set("CSN_CACHE", join(root, "cache"));
    try {
      const notices: string[] = [];
      for (const embedded of [5, 0]) {
        let done = 0;
        await embedFolder(model, images, {
          listener: {
            progress: (progress) => done = progress.done,
            notice: (text) => notices.push(text),
          },
        });
        assert.equal(done, embedded);
      }
      assert.equal(notices.length, 1);
      assert.match(
        notices[0],
        /^The embeddings are kept for the next query in .*cache\/embeddings\//,
      );
    } finally {
      if (before === undefined) Deno.env.delete("CSN_CACHE");
      else Deno.env.set("CSN_CACHE", before);
    }
  }));

Deno.test("embedFolder() says which files it passes over", () =>
  withImages(async ({ images, model }) => {
    await Deno.writeTextFile(join(images, "5.heic"), "");
    const notices: string[] = [];
    await embedFolder(model, images, { listener: { notice: (text) => notices.push(text) } });
    assert.deepEqual(notices, [
      `1 file of ${images} is passed over, as no image by its ending: 1 .heic`,
    ]);
  }));

Deno.test("embedFolder() three times at once gives the same embeddings, and keeps them whole", () =>
  withImages(async ({ images, model }) => {
    const sets = await Promise.all([1, 2, 3].map(() => embedFolder(model, images)));
    for (const { vectors } of sets) assert.deepEqual(vectors, sets[0].vectors);
    const { set, embedded } = await embed(model, images);
    assert.equal(embedded, 0);
    assert.deepEqual(set.vectors, sets[0].vectors);
    keptFile(images);
  }));

Deno.test("embedFolder() calls an image as it is called now, when it was renamed in its place", () =>
  withImages(async ({ images, model }) => {
    const { set } = await embed(model, images);
    await Deno.rename(join(images, "4.png"), join(images, "new.png"));
    const renamed = await embed(model, images);
    assert.deepEqual(renamed.set.names, ["0.png", "1.png", "2.png", "3.png", "new.png"]);
    assert.deepEqual(renamed.set.vectors, set.vectors);
    assert.equal(renamed.embedded, 0);
  }));

Deno.test("embedFolder() embeds what is new, drops what is gone, and keeps the rest as it was", () =>
  withImages(async ({ root, images, model }) => {
    const first = await embed(model, images);
    await Deno.remove(join(images, "1.png"));
    await Deno.mkdir(join(images, "0"));
    const added = join(images, "0", "new.png");
    await Deno.copyFile(join(root, "set", "images", "20.png"), added);
    const { set, embedded } = await embed(model, images);
    assert.equal(embedded, 1);
    assert.deepEqual(set.names, ["0.png", "0/new.png", "2.png", "3.png", "4.png"]);
    [0, 2, 3, 4].forEach((row, i) => {
      assert.deepEqual(set.at(i === 0 ? 0 : i + 1), first.set.at(row));
    });
    const anew = join(root, "anew");
    assert.ok((await new Deno.Command("cp", { args: ["-a", images, anew] }).output()).success);
    await Deno.remove(keptFile(anew));
    const all = await embed(model, anew);
    assert.equal(all.embedded, 5);
    all.set.names.forEach((_, row) => assertClose(set.at(row), all.set.at(row)));
    assert.deepEqual(await embed(model, images), { set, embedded: 0 });
  }));

Deno.test("embedFolder() takes two files with the same picture for what they are", () =>
  withImages(async ({ images, model }) => {
    await embed(model, images);
    await Deno.copyFile(join(images, "2.png"), join(images, "copy.png"));
    const { set, embedded } = await embed(model, images);
    assert.equal(embedded, 0);
    assert.deepEqual(set.names.at(-1), "copy.png");
    assert.deepEqual(set.at(5), set.at(2));
  }));

Deno.test("embedFolder() warns again of a file that cannot be decoded when others are new, and counts it", () =>
  withImages(async ({ root, images, model }) => {
    await Deno.writeTextFile(join(images, "bad.png"), "no picture");
    await embed(model, images);
    await Deno.copyFile(join(root, "set", "images", "9.png"), join(images, "9.png"));
    const warnings: string[] = [];
    const set = await embedFolder(model, images, {
      listener: { warning: (text) => warnings.push(text) },
    });
    assert.deepEqual(set.names, ["0.png", "1.png", "2.png", "3.png", "4.png", "9.png"]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /bad\.png.*it is left out/);
  }));

Deno.test("embedFolder() warns of a file that cannot be decoded when nothing is new, and counts it", () =>
  withImages(async ({ images, model }) => {
    await Deno.writeTextFile(join(images, "bad.png"), "no picture");
    await embed(model, images);
    const warnings: string[] = [];
    const set = await embedFolder(model, images, {
      listener: { warning: (text) => warnings.push(text) },
    });
    assert.equal(set.names.length, 5);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /1 of the 6 images in .* could not be decoded \(bad\.png\)/);
  }));

Deno.test("embedFolder() of a model whose file was replaced keeps nothing under the new one's name", () =>
  withImages(async ({ root, images, model }) => {
    const notices: string[] = [];
    using other = await Model.load(await writeTinyModel(root, 2));
    assert.equal(other.path, model.path);
    const old = await embedFolder(model, images, {
      listener: { notice: (text) => notices.push(text) },
    });
    assert.match(notices[0], /is not the file that the model was loaded from/);
    const found = await embed(other, images);
    assert.equal(found.embedded, 5);
    assert.notDeepEqual(found.set.vectors, old.vectors);
    await Deno.remove(model.path);
    assert.deepEqual((await embedFolder(other, images)).vectors, found.set.vectors);
  }));

Deno.test("embedFolder() that is stopped, or fails, leaves what was kept as it is", () =>
  withImages(async ({ root, images, model }) => {
    await embed(model, images);
    const kept = keptFile(images);
    const before = await Deno.readFile(kept);
    await Deno.copyFile(join(root, "set", "images", "9.png"), join(images, "9.png"));
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(embedFolder(model, images, { signal }), /enough/);
    const broken = await Model.load(model.path);
    broken[Symbol.dispose]();
    await assert.rejects(embedFolder(broken, images), /freed/);
    assert.deepEqual(await Deno.readFile(kept), before);
    assert.equal((await embed(model, images)).embedded, 1);
    keptFile(images);
  }));

Deno.test("embedFolder() makes embeddings anew whose kept file was damaged in place, and says so", () =>
  withImages(async ({ images, model }) => {
    const { set } = await embed(model, images);
    const kept = keptFile(images);
    const bytes = await Deno.readFile(kept);
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    bytes[header + 5] ^= 64;
    await Deno.writeFile(kept, bytes);
    const notices: string[] = [];
    const found = await embedFolder(model, images, {
      listener: { notice: (text) => notices.push(text) },
    });
    assert.deepEqual(found, set);
    assert.deepEqual(notices, [
      `The embeddings kept in ${kept} cannot be read, are damaged, or an older csn's: they are made anew`,
    ]);
    assert.deepEqual(await embed(model, images), { set, embedded: 0 });
  }));

Deno.test("embedFolder() uses what is kept after the model was calibrated, or its file copied, but not of other weights", () =>
  withImages(async ({ images, model, root }) => {
    const { set } = await embed(model, images);
    await storeCalibration(model.path, { set: "x", split: "val", seed: 1, notions: [] });
    using calibrated = await Model.load(model.path);
    assert.deepEqual(await embed(calibrated, images), { set, embedded: 0 });
    assert.deepEqual(await embed(calibrated, images), { set, embedded: 0 });
    await Deno.remove(join(images, "4.png"));
    assert.equal((await embed(calibrated, images)).embedded, 0);
    using other = await Model.load(await writeTinyModel(root, 2));
    assert.equal((await embed(other, images)).embedded, 4);
  }));

Deno.test("embedFolder() takes embeddings that an older csn kept, whether it knew the bytes of each image or of all", () =>
  withImages(async ({ images, model }) => {
    const { set } = await embed(model, images);
    const kept = keptFile(images);
    const { stamp, tensors } = await readStored(kept);
    const files = set.names.map((name) => join(images, name));
    // The key had the model file's bytes, and none of its weights.
    const { model: _, modelFile: __, ...rest } = JSON.parse(stamp);
    const bytes = await digestFiles([model.path, ...files], {});
    const older = JSON.stringify({ ...rest, files: sha256("names and times"), bytes });
    const states = new Map([...tensors].filter(([name]) => name.startsWith("file_")));
    for (const more of [states, new Map()]) {
      await writeStored(kept, set, { masks: model.masks, stamp: older, more });
      assert.deepEqual(await embed(model, images), { set, embedded: 0 });
      assert.notEqual((await readStored(kept)).stamp, older);
    }
    await writeStored(kept, set, {
      masks: model.masks,
      stamp: JSON.stringify({ ...JSON.parse(older), bytes: "others" }),
    });
    assert.equal((await embed(model, images)).embedded, 5);
  }));

Deno.test("embedFolder() where the decoder is missing says so, blames no image and keeps nothing", async () => {
  await withImages(async ({ root, images, model }) => {
    const { imports } = JSON.parse(await Deno.readTextFile(join(projectFolder, "deno.json")));
    const lacking = { ...imports, sharp: "data:text/javascript,throw new Error('no sharp here')" };
    const map = join(root, "imports.json");
    await Deno.writeTextFile(map, JSON.stringify({ imports: lacking }));
    const program = join(projectFolder, "tests", "helpers", "embed_folder_program.ts");
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--no-lock", "--allow-all", "--import-map", map],
        ...[program, model.path, images],
      ],
    }).output();
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stderr), /Cannot load sharp.*no sharp here/);
    assert.ok([...Deno.readDirSync(images)].every(({ name }) => name.endsWith(".png")));
  });
});
