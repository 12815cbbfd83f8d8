import assert from "node:assert/strict";
import { unzip, type UnzipOptions } from "../../src/files/unzip.ts";
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { zip, type ZipEntry } from "../helpers/zip.ts";

/** Unpacks bytes to `<folder>/out`. */
async function unpack(
  folder: string,
  bytes: Uint8Array,
  options: UnzipOptions = {},
): Promise<string> {
  const archive = join(folder, "archive.zip");
  await Deno.writeFile(archive, bytes);
  await unzip(archive, join(folder, "out"), options);
  return join(folder, "out");
}

/** Unpacking fails with `message`, leaves nothing behind and writes nothing outside. */
async function refuses(
  entries: readonly ZipEntry[] | Uint8Array,
  message: RegExp,
  options: UnzipOptions = {},
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  const bytes = entries instanceof Uint8Array ? entries : zip(entries);
  await assert.rejects(unpack(folder.path, bytes, options), (error: unknown) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, message);
    return true;
  });
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["archive.zip"]);
}

Deno.test("unzip() writes files and folders, stored and deflated, with odd names", async () => {
  await using folder = await TemporaryFolder.make();
  const long = "abc ".repeat(50_000);
  const out = await unpack(
    folder.path,
    zip([
      { name: "a/", mode: 0o040755 },
      { name: "a/one.txt", data: "one", mode: 0o100644 },
      { name: "b c/Levi's®/two.", data: long, deflate: true },
      { name: "back\\slash.txt", data: "" },
    ]),
  );
  assert.equal(await Deno.readTextFile(join(out, "a/one.txt")), "one");
  assert.equal(await Deno.readTextFile(join(out, "b c/Levi's®/two.")), long);
  assert.equal(await Deno.readTextFile(join(out, "back/slash.txt")), "");
});

Deno.test("unzip() reports every file up to the last", async () => {
  await using folder = await TemporaryFolder.make();
  const heard: number[] = [];
  const entries = [{ name: "1", data: "1" }, { name: "2", data: "2" }];
  await unpack(folder.path, zip(entries), {
    listener: { progress: ({ done, total }) => heard.push(done, total!) },
  });
  assert.deepEqual(heard, [1, 2, 2, 2]);
});

for (const name of ["../evil", "a/../../evil", "/evil", "C:\\evil", "c:evil", "a\\..\\..\\evil"]) {
  Deno.test(`unzip() refuses the path ${name}`, async () => {
    await refuses([{ name: "good", data: "x" }, { name, data: "x" }], /leads out of the folder/);
  });
}

Deno.test("unzip() refuses a path with a zero byte", async () => {
  await refuses([{ name: "a\0b", data: "x" }], /leads out of the folder/);
});

Deno.test("unzip() refuses symbolic links and devices", async () => {
  await refuses([{ name: "link", data: "/etc/passwd", mode: 0o120777 }], /symbolic link/);
  await refuses([{ name: "device", mode: 0o020666 }], /neither a file nor a folder/);
});

Deno.test("unzip() refuses a file twice, and a file where a folder is", async () => {
  await refuses([{ name: "a", data: "1" }, { name: "a", data: "2" }], /twice/);
  await refuses([{ name: "a", data: "1" }, { name: "a/b", data: "2" }], /Cannot unpack/);
});

Deno.test("unzip() refuses encrypted files", async () => {
  // Twelve bytes of the cipher's header come before the content (APPNOTE 6.1.1).
  const entry = { name: "a", data: "x".repeat(13), statedSize: 1, encrypted: true };
  await refuses([entry], /encrypted/);
});

Deno.test("unzip() refuses what would fill the disk", async () => {
  const bomb = { name: "bomb", data: new Uint8Array(4 * 2 ** 20), deflate: true };
  await refuses([bomb], /fill the disk/);
  await refuses([{ name: "a", data: "12345" }, { name: "b", data: "12345" }], /9 bytes/, {
    maxBytes: 9,
  });
  await refuses([{ name: "a" }, { name: "b" }], /2 files/, { maxEntries: 1 });
});

Deno.test("unzip() refuses a file that is larger than it states", async () => {
  await refuses([{ name: "a", data: "x".repeat(5000), deflate: true, statedSize: 10 }], /damaged/);
});

Deno.test("unzip() refuses damaged files", async () => {
  await refuses([{ name: "a", data: "good", statedCrc: 1 }], /CRC-32/);
  const whole = zip([{ name: "a", data: "0123456789".repeat(100) }]);
  await refuses(whole.subarray(0, 500), /no zip archive, or its end is missing/);
  await refuses(new TextEncoder().encode("<html>Not found</html>"), /no zip archive/);
  const bad = whole.slice();
  bad.fill(0, 40, 60);
  await refuses(bad, /CRC-32/);
});

Deno.test("unzip() leaves a folder that is there as it is", async () => {
  await using folder = await TemporaryFolder.make();
  const out = join(folder.path, "out");
  await Deno.mkdir(out);
  await Deno.writeTextFile(join(out, "mine"), "mine");
  await assert.rejects(
    unpack(folder.path, zip([{ name: "mine", data: "theirs" }])),
    /is there already/,
  );
  assert.equal(await Deno.readTextFile(join(out, "mine")), "mine");
});

Deno.test("unzip() stops when it is aborted", async () => {
  await using folder = await TemporaryFolder.make();
  const controller = new AbortController();
  const listener = { progress: () => controller.abort(new Error("stop")) };
  const entries = [{ name: "1", data: "1" }, { name: "2", data: "2" }];
  await assert.rejects(
    unpack(folder.path, zip(entries), { listener, signal: controller.signal }),
    /stop/,
  );
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["archive.zip"]);
});

Deno.test("unzip() says when there is no archive", async () => {
  await using folder = await TemporaryFolder.make();
  const missing = join(folder.path, "missing.zip");
  await assert.rejects(unzip(missing, join(folder.path, "out")), /no such file/);
});
