/** Packs whose making was stopped. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodeImage } from "../../../src/images/decode_image.ts";
import { preparePack } from "../../../src/sets/pack/pack.ts";
import type { Listener } from "../../../src/base/listener.ts";
import { join } from "../../../src/files/paths.ts";
import { fileNames, temporaryFolder, writeSet } from "../../helpers/temporary_set.ts";
import { notes, packFiles, packProgram, pixelsOf, replaceImage } from "../../helpers/pack_case.ts";

Deno.test("preparePack() goes on after an abort and decodes no image twice", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(100));
  for (let image = 0; image < 100; image += 3) await replaceImage(set, image, "grey.png");
  const whole = await Deno.readFile((await preparePack(set, 8)).path);
  await Deno.remove(join(folder.path, "8.pack"));

  const controller = new AbortController();
  const before = notes();
  const stopping: Listener = {
    progress: (progress) => {
      before.progress?.(progress);
      if (progress.done === 10) controller.abort();
    },
  };
  await assert.rejects(preparePack(set, 8, { listener: stopping, signal: controller.signal }), {
    name: "AbortError",
  });
  const done = before.decoded.length;
  assert.ok(done >= 10 && done < 100, `${done} decoded`);
  assert.ok(packFiles(set).includes("8.pack.part"));
  assert.ok(!packFiles(set).includes("8.pack"));

  const after = notes();
  const { path } = await preparePack(set, 8, { listener: after });
  assert.deepEqual(
    [...before.decoded, ...after.decoded],
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  assert.deepEqual(await Deno.readFile(path), whole);
  assert.deepEqual(packFiles(set), ["8.pack", "8.pack.json"]);
});

Deno.test("preparePack() goes on after the process was killed", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(60));
  // Big images, so that progress is recorded several times: every 16 MB, 21 images.
  const size = 512;
  const child = packProgram(set, size);
  let killed = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (!killed && text.split("\n").some((line) => Number(line) >= 30)) {
      child.kill("SIGKILL");
      killed = true;
    }
  }
  assert.equal((await child.status).signal, "SIGKILL");
  const listener = notes();
  const { path } = await preparePack(set, size, { listener });
  assert.ok(listener.decoded.length <= 39, `${listener.decoded.length} decoded`);
  assert.equal(listener.decoded.at(-1), 60);
  const bytes = Buffer.from(await Deno.readFile(path));
  const expected = await decodeImage(join(set.imageFolder, "0.png"), size);
  assert.equal(bytes.length, 60 * expected.length);
  for (let image = 0; image < 60; image++) {
    const pixels = bytes.subarray(image * expected.length, (image + 1) * expected.length);
    assert.ok(pixels.equals(expected), `image ${image}`);
  }
});

Deno.test("preparePack() finishes a pack that was killed between its two renames", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(5));
  const { path } = await preparePack(set, 8);
  await Deno.rename(`${path}.json`, `${path}.part.json`);
  const listener = notes();
  await preparePack(set, 8, { listener });
  assert.deepEqual(listener.decoded, []);
  assert.deepEqual(packFiles(set), ["8.pack", "8.pack.json"]);
});

Deno.test("preparePack() does not go on with pixels of another list, or fewer than recorded", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(4));
  await replaceImage(set, 0, "grey.png");
  const { path } = await preparePack(set, 8);
  const whole = await Deno.readFile(path);
  const header = JSON.parse(await Deno.readTextFile(`${path}.json`));
  const decodedFrom = async (part: Uint8Array, partHeader: unknown) => {
    await Deno.remove(`${path}.json`);
    await Deno.writeFile(`${path}.part`, part);
    await Deno.writeTextFile(`${path}.part.json`, JSON.stringify(partHeader));
    const listener = notes();
    await preparePack(set, 8, { listener });
    assert.deepEqual(await Deno.readFile(path), whole);
    return listener.decoded.length;
  };
  const two = { ...header, done: 2, identity: undefined, bytes: undefined };
  const bytes = 8 * 8 * 3;
  assert.equal(await decodedFrom(whole.slice(0, 2 * bytes), two), 2);
  // Pixels that no record tells of are written again.
  const more = whole.slice(0, 3 * bytes).fill(77, 2 * bytes);
  assert.equal(await decodedFrom(more, two), 2);
  assert.equal(await decodedFrom(whole.slice(0, bytes), two), 4);
  assert.equal(await decodedFrom(new Uint8Array(2 * bytes), { ...two, names: "others" }), 4);
});

Deno.test("preparePack() says that the disk is full and goes on when there is room", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(30));
  // 30 images of 128 pixels are 1.5 MB; a file may have 1000 blocks of 512 or 1024 bytes.
  const child = packProgram(set, 128, { limitBlocks: "1000" });
  const { code, stdout } = await child.output();
  const last = new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1) ?? "";
  assert.equal(code, 1, last);
  assert.match(
    last,
    /^CsnError: Cannot make the image pack .*128\.pack: .*; it takes 2 MB in all, .*run it again/,
  );
  assert.ok(!packFiles(set).includes("128.pack"));
  const { path } = await preparePack(set, 128);
  const expected = await decodeImage(join(set.imageFolder, "0.png"), 128);
  assert.deepEqual(await pixelsOf(path, 29, 128), expected);
});

Deno.test("preparePack() leaves no old header beside new pixels when it is stopped between the two", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(3));
  const { path } = await preparePack(set, 8);
  await replaceImage(set, 1, "photo.jpg");
  const rename = Deno.rename;
  try {
    Deno.rename = (from, to) => {
      if (to === `${path}.json`) throw new Error("stopped here");
      return rename(from, to);
    };
    await assert.rejects(preparePack(set, 8), /stopped here/);
  } finally {
    Deno.rename = rename;
  }
  assert.deepEqual(packFiles(set), ["8.pack", "8.pack.part.json"]);
  const listener = notes();
  await preparePack(set, 8, { listener });
  assert.deepEqual(listener.decoded, []);
  const expected = await decodeImage(join(set.imageFolder, "1.png"), 8);
  assert.deepEqual(await pixelsOf(path, 1, 8), expected);
});
