/** Where packs lie, and two processes that need the same one. */
import assert from "node:assert/strict";
import { decodeImage } from "../../../src/images/decode_image.ts";
import { preparePack } from "../../../src/sets/pack/pack.ts";
import { FileLock } from "../../../src/files/file_lock.ts";
import type { Listener } from "../../../src/base/listener.ts";
import { join } from "../../../src/files/paths.ts";
import { canMountReadOnly, readOnlyPrefix } from "../../helpers/read_only.ts";
import { fileNames, temporaryFolder, writeSet } from "../../helpers/temporary_set.ts";
import { packFiles, packProgram, pixelsOf } from "../../helpers/pack_case.ts";

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
