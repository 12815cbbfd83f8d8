import assert from "node:assert/strict";
import { decodeImage, preprocessingOf } from "../../../src/images/decode_image.ts";
import { preparePack } from "../../../src/sets/pack/pack.ts";
import { CsnError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import { fileNames, fixtures, temporaryFolder, writeSet } from "../../helpers/temporary_set.ts";
import { notes, packFiles, pixelsOf, replaceImage } from "../../helpers/pack_case.ts";

Deno.test("preparePack() lays the pixels of all images one after the other", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(20));
  await replaceImage(set, 7, "photo.jpg");
  const listener = notes();
  const pack = await preparePack(set, 16, { listener });
  const { bytes, ...rest } = pack;
  assert.match(bytes!, /^[0-9a-f]{64}$/);
  assert.deepEqual(rest, {
    path: join(folder.path, "16.pack"),
    imageSize: 16,
    preprocessing: preprocessingOf("crop"),
    count: 20,
    unreadable: [],
  });
  assert.equal((await Deno.stat(pack.path)).size, 20 * 16 * 16 * 3);
  for (const image of [0, 7, 19]) {
    const expected = await decodeImage(join(set.imageFolder, `${image}.png`), 16);
    assert.deepEqual(await pixelsOf(pack.path, image, 16), expected);
  }
  assert.deepEqual(listener.decoded, Array.from({ length: 20 }, (_, i) => i + 1));
  assert.deepEqual(listener.warnings, []);
  assert.deepEqual(packFiles(set), ["16.pack", "16.pack.json"]);
});

Deno.test("preparePack() decodes nothing when the pack is there", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(3));
  const first = await preparePack(set, 8);
  const listener = notes();
  assert.deepEqual(await preparePack(set, 8, { listener }), first);
  assert.deepEqual(listener.decoded, []);
  // Nor when the images were removed to save space.
  await Deno.remove(set.imageFolder, { recursive: true });
  assert.deepEqual(await preparePack(set, 8, { listener }), first);
  await assert.rejects(preparePack(set, 16), {
    name: "CsnError",
    message: /there is no folder .*images; .*make or fetch the set again/,
  });
});

Deno.test("preparePack() lists what is missing or corrupt, warns and leaves its pixels black", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(500));
  await Deno.remove(join(set.imageFolder, "3.png"));
  for (const [image, fixture] of [[8, "cut_off.jpg"], [444, "no_image.png"]] as const) {
    await replaceImage(set, image, fixture);
  }
  for (const time of ["made", "found"]) {
    const listener = notes();
    const { path, unreadable } = await preparePack(set, 8, { listener });
    assert.deepEqual(unreadable.map(({ image, file }) => [image, file]), [
      [3, "3.png"],
      [8, "8.png"],
      [444, "444.png"],
    ]);
    assert.match(unreadable[0].reason, /^there is no such file$/);
    assert.match(unreadable[1].reason, /premature end/);
    assert.match(unreadable[2].reason, /unsupported image format/);
    assert.equal(listener.warnings.length, 1, time);
    assert.match(
      listener.warnings[0],
      /^3 of the 500 images of small .*3\.png: there is no such file; 8\.png: /,
    );
    assert.ok((await pixelsOf(path, 8, 8)).every((value) => value === 0));
    assert.ok((await pixelsOf(path, 9, 8)).some((value) => value !== 0));
  }
});

Deno.test("preparePack() refuses more than 1 % unreadable images unless allowed", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(200));
  const refused = (message: RegExp) =>
    assert.rejects(preparePack(set, 8), (error) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, message);
      return true;
    });
  for (const image of [1, 2, 3]) await replaceImage(set, image, "no_image.png");
  await refused(/3 of 200 are missing or cannot be decoded .*1\.png: .*`allowMissing: true`/);
  assert.deepEqual(packFiles(set), []);
  assert.equal((await preparePack(set, 8, { allowMissing: true })).unreadable.length, 3);
  // Nor is such a pack taken later by a run that does not allow it.
  await refused(/3 of 200/);
  for (const image of [1, 2, 3]) await Deno.remove(join(set.imageFolder, `${image}.png`));
  await refused(/3 of 200 .*1\.png: there is no such file/);
  // Exactly 1 % is accepted.
  await replaceImage(set, 1, "grey.png");
  assert.equal((await preparePack(set, 8)).unreadable.length, 2);
});

Deno.test("preparePack() finds folders that end in a dot under %2E", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, ["Boots/Bonnie Jean%2E/1.2.png", "Boots/Dr. Foot/3.png"]);
  const asListed = { ...set, imageFiles: ["Boots/Bonnie Jean./1.2.png", "Boots/Dr. Foot/3.png"] };
  const { path, unreadable } = await preparePack(asListed, 8);
  assert.deepEqual(unreadable, []);
  const expected = await decodeImage(join(fixtures, "shrunk.png"), 8);
  assert.deepEqual(await pixelsOf(path, 0, 8), expected);
});

Deno.test("preparePack() pads images where the set or its caller says so, beside a pack of cropped ones", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(2));
  const cropped = await preparePack(set, 24);
  const padded = await preparePack({ ...set, fit: "pad:#0a141e" }, 24);
  assert.deepEqual(packFiles(set), [
    "24-pad-0a141e.pack",
    "24-pad-0a141e.pack.json",
    "24.pack",
    "24.pack.json",
  ]);
  const expected = await Deno.readFile(join(fixtures, "shrunk.png.24.pad.rgb"));
  assert.deepEqual(await pixelsOf(padded.path, 1, 24), expected);
  const listener = notes();
  assert.deepEqual(await preparePack(set, 24, { fit: "pad:#0a141e", listener }), padded);
  assert.deepEqual(await preparePack(set, 24, { listener }), cropped);
  assert.deepEqual(listener.decoded, []);
});

Deno.test("preparePack() refuses a size that is no number of pixels", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(1));
  for (const size of [0, -8, 8.5, NaN]) {
    await assert.rejects(preparePack(set, size), {
      name: "UsageError",
      message: /whole number from 1/,
    });
  }
});
