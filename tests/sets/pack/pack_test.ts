import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodeImage, preprocessingOf } from "../../../src/images/decode_image.ts";
import { type ImageSet, openImageSet } from "../../../src/sets/image_set.ts";
import { preparePack } from "../../../src/sets/pack/pack.ts";
import { CsnError } from "../../../src/base/errors.ts";
import { FileLock } from "../../../src/files/file_lock.ts";
import type { Listener } from "../../../src/base/listener.ts";
import { fromFileUrl, join } from "../../../src/files/paths.ts";
import { canMountReadOnly, readOnlyPrefix } from "../../helpers/read_only.ts";
import { fileNames, fixtures, temporaryFolder, writeSet } from "../../helpers/temporary_set.ts";

/** A listener that notes what it hears, and the images that were decoded. */
function notes(): Listener & { decoded: number[]; warnings: string[] } {
  const [decoded, warnings]: [number[], string[]] = [[], []];
  return {
    decoded,
    warnings,
    progress: ({ what, done }) => {
      if (what === "Decoding images") decoded.push(done);
    },
    warning: (text) => warnings.push(text),
  };
}

/** Copies a fixture over an image of the set. */
function replaceImage(set: ImageSet, image: number, fixture: string): Promise<void> {
  return Deno.copyFile(join(fixtures, fixture), join(set.imageFolder, set.imageFiles[image]));
}

/** The pixels of image `image` in a pack. */
async function pixelsOf(path: string, image: number, size: number): Promise<Uint8Array> {
  return (await Deno.readFile(path)).subarray(
    image * size * size * 3,
    (image + 1) * size * size * 3,
  );
}

/** Files in the set's folder that belong to packs. */
function packFiles({ folder }: ImageSet): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
    name.includes("pack")
  )
    .sort();
}

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

/** Starts a process of its own that makes a pack, after `prefix`, one time after the other. */
function packProgram(
  set: ImageSet,
  size: number,
  { limitBlocks = "unlimited", prefix = [] as string[], env = {}, times = 1 } = {},
): Deno.ChildProcess {
  const program = fromFileUrl(new URL("../../helpers/pack_program.ts", import.meta.url));
  // With SIGXFSZ ignored, writing beyond the limit fails as it does on a full disk.
  const once = times === 1 ? 'exec "$@"' : Array(times).fill('"$@"').join(" && ");
  const shell = `trap "" XFSZ; ulimit -f "$1"; shift; ${once}`;
  const permissions = [
    "--allow-read",
    "--allow-write",
    "--allow-ffi",
    "--allow-env",
    "--allow-sys",
  ];
  const deno = [Deno.execPath(), "run", "--no-code-cache", ...permissions, program];
  const [command, ...args] = [...prefix, "sh", "-c", shell, "sh", limitBlocks, ...deno];
  return new Deno.Command(command, {
    args: [...args, set.folder, String(size)],
    env,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

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

Deno.test("preparePack() waits for the process that makes the pack, says so and uses it", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(3));
  const path = join(folder.path, "8.pack");
  const lock = (await FileLock.tryTake(`${path}.lock`))!;
  const made = await writeSet(await Deno.makeTempDir({ dir: folder.path }), fileNames(3));
  const notices: string[] = [];
  const decoded: number[] = [];
  const listener: Listener = {
    progress: ({ what, done }) => what === "Decoding images" && decoded.push(done),
    notice: (text) => {
      notices.push(text);
      // What the other process does meanwhile.
      for (const name of ["8.pack", "8.pack.json"]) {
        Deno.renameSync(join(made.folder, name), join(folder.path, name));
      }
      lock[Symbol.dispose]();
    },
  };
  await preparePack({ ...set, folder: made.folder }, 8);
  assert.equal((await preparePack(set, 8, { listener })).path, path);
  assert.deepEqual(notices, [
    `process ${Deno.pid} is making the image pack ${path}: waiting for it`,
  ]);
  assert.deepEqual(decoded, []);
});

Deno.test("preparePack() stops waiting for another process when the signal comes", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(3));
  using _lock = (await FileLock.tryTake(join(folder.path, "8.pack.lock")))!;
  const controller = new AbortController();
  const reason = new Error("stopped");
  const listener = { notice: () => controller.abort(reason) };
  await assert.rejects(
    preparePack(set, 8, { listener, signal: controller.signal }),
    (error) => error === reason,
  );
  assert.deepEqual(packFiles(set), ["8.pack.lock"]);
});

Deno.test("preparePack() lets two processes make one pack between them", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(60));
  const outputs = await Promise.all([1, 2].map(() => packProgram(set, 512).output()));
  for (const { code } of outputs) assert.equal(code, 0);
  const texts = outputs.map(({ stdout }) => new TextDecoder().decode(stdout));
  const decoded = texts.join("").match(/^\d+$/gm)!.length;
  assert.equal(decoded, 60);
  assert.deepEqual(packFiles(set), ["512.pack", "512.pack.json"]);
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

/** A set in `folder` of images that were not changed just now. */
async function settledSet(folder: string): Promise<ImageSet> {
  const imageFiles = ["shrunk.png", "grey.png", "odd.png"];
  return { ...await writeSet(folder, imageFiles), imageFolder: fixtures };
}

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

Deno.test("preparePack() keeps packs of each set apart in a folder that was chosen", async () => {
  await using folder = await temporaryFolder();
  const packDir = join(folder.path, "packs");
  const sets = [
    await writeSet(join(folder.path, "a", "small"), fileNames(3)),
    await writeSet(join(folder.path, "b", "small"), fileNames(3), { from: "grey.png" }),
  ];
  const notices: string[] = [];
  const listener: Listener = { notice: (text) => notices.push(text) };
  for (const time of [1, 2]) {
    for (const set of sets) {
      const { path } = await preparePack(set, 8, { packDir, listener });
      assert.equal(path.startsWith(`${packDir}/small-`), true, `${time}`);
      assert.deepEqual(
        await pixelsOf(path, 0, 8),
        await decodeImage(join(set.imageFolder, "0.png"), 8),
      );
      assert.deepEqual(packFiles(set), []);
    }
  }
  assert.equal(notices.length, 2);
  assert.match(
    notices[0],
    /^the image pack of small is kept as .*packs\/small-.*: that folder was chosen$/,
  );
});

Deno.test("preparePack() says which option mends a chosen folder that cannot be made", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, fileNames(1));
  const packDir = join(folder.path, "filenames.json", "packs");
  await assert.rejects(preparePack(set, 8, { packDir }), {
    name: "CsnError",
    message: /^Cannot make the image pack .*filenames\.json\/packs.*; choose .*`packDir`$/,
  });
});

Deno.test({
  name: "preparePack() keeps the pack of a set on a read-only disk in the cache and says so once",
  ignore: !await canMountReadOnly(),
  fn: async () => {
    await using folder = await temporaryFolder();
    const [source, mounted, cache] = ["source", "mounted", "cache"].map((name) =>
      join(folder.path, name)
    );
    const set = await writeSet(source, fileNames(4));
    await Deno.mkdir(mounted);
    const program = packProgram({ ...set, folder: mounted }, 16, {
      prefix: readOnlyPrefix(source, mounted),
      env: { CSN_CACHE: cache },
      times: 2,
    });
    const { code, stdout } = await program.output();
    const text = new TextDecoder().decode(stdout);
    assert.equal(code, 0, text);
    const [path, ...again] = Array.from(text.matchAll(/^pack: (.*)$/gm), ([, path]) => path);
    assert.deepEqual(again, [path]);
    assert.equal(path.startsWith(`${cache}/packs/mounted-`), true, path);
    assert.deepEqual(text.match(/^notice: .*$/gm), [
      `notice: the image pack of small is kept as ${path}: ${mounted} cannot be written (Read-only file system)`,
    ]);
    assert.equal(text.match(/^\d+$/gm)!.length, 4, "decoded once");
    const expected = await Deno.readFile((await preparePack(set, 16)).path);
    assert.deepEqual(await Deno.readFile(path), expected);
  },
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
