/** When a pack is made again, and when it is kept. */
import assert from "node:assert/strict";
import { decodeImage } from "../../../src/images/decode_image.ts";
import { type ImageSet, openImageSet } from "../../../src/sets/image_set.ts";
import { preparePack } from "../../../src/sets/pack/pack.ts";
import { join } from "../../../src/files/paths.ts";
import { fileNames, fixtures, temporaryFolder, writeSet } from "../../helpers/temporary_set.ts";
import { notes, pixelsOf, replaceImage, settledSet } from "../../helpers/pack_case.ts";

Deno.test("preparePack() makes a pack anew when an image changes under its name", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(3));
  const { path } = await preparePack(set, 8);
  const before = await Deno.readFile(path);
  const held = await Deno.open(path);
  try {
    await replaceImage(set, 1, "grey.png");
    await preparePack(set, 8);
    assert.deepEqual(await pixelsOf(path, 1, 8), await decodeImage(join(fixtures, "grey.png"), 8));
    // The old file was replaced, not written to: whoever has it open or mapped still sees it whole.
    const still = new Uint8Array(before.length + 1);
    assert.equal(await held.read(still), before.length);
    assert.deepEqual(still.subarray(0, before.length), before);
  } finally {
    held.close();
  }
});

Deno.test("preparePack() makes a pack anew for another list, time of change or way of decoding", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(3));
  const { path } = await preparePack(set, 8);
  const decodedFor = async (changed: ImageSet) => {
    const listener = notes();
    await preparePack(changed, 8, { listener });
    return listener.decoded.length;
  };
  assert.equal(await decodedFor(set), 0);
  assert.equal(await decodedFor({ ...set, imageFiles: ["0.png", "2.png", "1.png"] }), 3);
  assert.equal(await decodedFor(set), 3);
  await Deno.utime(join(set.imageFolder, "1.png"), new Date(0), new Date(0));
  assert.equal(await decodedFor(set), 3);
  const header = JSON.parse(await Deno.readTextFile(`${path}.json`));
  await Deno.writeTextFile(`${path}.json`, JSON.stringify({ ...header, preprocessing: "another" }));
  assert.equal(await decodedFor(set), 3);
  await Deno.writeTextFile(`${path}.json`, "{ half a head");
  assert.equal(await decodedFor(set), 3);
  for (const done of [-1, 4, 1.5]) {
    await Deno.writeTextFile(`${path}.json`, JSON.stringify({ ...header, done }));
    assert.equal(await decodedFor(set), 3, `${done} of 3 are done`);
  }
  await Deno.truncate(path, 100);
  assert.equal(await decodedFor(set), 3);
  assert.equal((await Deno.stat(path)).size, 3 * 8 * 8 * 3);
});

Deno.test("preparePack() makes a pack anew when a picture is replaced by one of its size and time", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(3));
  const { path } = await preparePack(set, 8);
  const image = join(set.imageFolder, "1.png");
  const { size, mtime } = await Deno.stat(image);
  const other = await Deno.readFile(join(fixtures, "grey.png"));
  const padded = new Uint8Array(size);
  padded.set(other);
  for (const way of ["written over", "put in its place"]) {
    const header = await Deno.readTextFile(`${path}.json`);
    await Deno.copyFile(join(set.imageFolder, "0.png"), `${image}.kept`);
    if (way === "put in its place") await Deno.remove(image);
    await Deno.writeFile(image, padded);
    await Deno.utime(image, mtime!, mtime!);
    const listener = notes();
    await preparePack(set, 8, { listener });
    assert.deepEqual(
      await pixelsOf(path, 1, 8),
      await decodeImage(join(fixtures, "grey.png"), 8),
      way,
    );
    // As it was, for the second way.
    await Deno.rename(`${image}.kept`, image);
    await Deno.utime(image, mtime!, mtime!);
    await preparePack(set, 8);
    assert.equal(
      JSON.parse(await Deno.readTextFile(`${path}.json`)).bytes,
      JSON.parse(header).bytes,
    );
  }
});

Deno.test("preparePack() keeps the pack of a set that was copied with its times", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(join(folder.path, "one"), fileNames(5));
  await preparePack(set, 8);
  const copy = join(folder.path, "two");
  assert.ok((await new Deno.Command("cp", { args: ["-a", set.folder, copy] }).output()).success);
  const listener = notes();
  await preparePack(await openImageSet(copy), 8, { listener });
  assert.deepEqual(listener.decoded, []);
});

Deno.test("preparePack() reads files that are others to the file system, once", async () => {
  await using folder = await temporaryFolder();
  const set = await settledSet(folder.path);
  const { path } = await preparePack(set, 8);
  const header = JSON.parse(await Deno.readTextFile(`${path}.json`));
  const decodedWith = async (changes: { identity?: string; bytes?: string }) => {
    await Deno.writeTextFile(`${path}.json`, JSON.stringify({ ...header, ...changes }));
    const listener = notes();
    await preparePack(set, 8, { listener });
    return listener.decoded.length;
  };
  assert.equal(await decodedWith({ identity: "another" }), 0);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(`${path}.json`)), header);
  assert.equal(await decodedWith({ bytes: "others" }), 0, "files are read");
  assert.equal(await decodedWith({ identity: "another", bytes: "others" }), 3);
});

Deno.test("preparePack() accepts a pack from before files were distinguished, and distinguishes them from then on", async () => {
  await using folder = await temporaryFolder();
  const set = await settledSet(folder.path);
  const { path } = await preparePack(set, 8);
  const { identity, bytes: _, ...old } = JSON.parse(await Deno.readTextFile(`${path}.json`));
  await Deno.writeTextFile(`${path}.json`, JSON.stringify(old));
  const listener = notes();
  await preparePack(set, 8, { listener });
  assert.deepEqual(listener.decoded, []);
  assert.equal(JSON.parse(await Deno.readTextFile(`${path}.json`)).identity, identity);
  // But not where it lacks images that could not be read then.
  const unreadable = [{ image: 1, file: "grey.png", reason: "unsupported image format" }];
  await Deno.writeTextFile(`${path}.json`, JSON.stringify({ ...old, unreadable }));
  assert.deepEqual((await preparePack(set, 8, { allowMissing: true })).unreadable, []);
});

Deno.test("preparePack() makes a pack anew whose header says that images are left", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(3));
  const { path } = await preparePack(set, 8);
  const whole = await Deno.readFile(path);
  const header = JSON.parse(await Deno.readTextFile(`${path}.json`));
  await Deno.writeFile(path, new Uint8Array(whole.length));
  // One that does not say of which bytes it was made, or these would show that it is another.
  const left = { ...header, done: 2, identity: undefined, bytes: undefined };
  await Deno.writeTextFile(`${path}.json`, JSON.stringify(left));
  await preparePack(set, 8);
  assert.deepEqual(await Deno.readFile(path), whole);
});
