import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { download, type DownloadOptions } from "../../src/files/download.ts";
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import { FileServer, type ServedFile } from "../helpers/file_server.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const content = Uint8Array.from({ length: 10_000 }, (_, i) => (i * i + (i >> 8)) & 255);
const other = content.map((byte) => byte ^ 255);
const sha256 = createHash("sha256").update(content).digest("hex");

/** A server with the content, and a place to download it to. */
async function setting(file: Partial<ServedFile> = {}) {
  const folder = await TemporaryFolder.make();
  const server = new FileServer({ body: content, etag: '"one"', ...file });
  const target = join(folder.path, "file.bin");
  return {
    server,
    file: server.file as ServedFile,
    folder: folder.path,
    target,
    fetch: (options: DownloadOptions = {}) => download(`${server.url}/file.bin`, target, options),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** A cut that no attempt survives. */
const alwaysCut = { cutAfter: 0, cuts: Infinity };

/** Leaves the first 4000 bytes on the disk, as a run that was killed does. */
async function cutOnce(at: Awaited<ReturnType<typeof setting>>): Promise<void> {
  const controller = new AbortController();
  Object.assign(at.file, { cutAfter: 4000, cuts: 1 });
  const listener = { warning: () => controller.abort(new Error("killed")) };
  await assert.rejects(at.fetch({ signal: controller.signal, listener }), /killed/);
  assert.deepEqual(names(at.folder), ["file.bin.part", "file.bin.part.json"]);
  assert.equal((await Deno.stat(`${at.target}.part`)).size, 4000);
  at.server.requests.length = 0;
}

Deno.test("download() brings a file, checks it and reports every byte", async () => {
  await using at = await setting();
  const heard: (number | null)[][] = [];
  const listener = {
    progress: (now: { done: number; total: number | null }) => heard.push([now.done, now.total]),
  };
  await at.fetch({ sha256, bytes: content.length, listener });
  assert.deepEqual(await Deno.readFile(at.target), content);
  assert.deepEqual(names(at.folder), ["file.bin"]);
  assert.deepEqual(heard[0], [0, 10_000]);
  assert.deepEqual(heard.at(-1), [10_000, 10_000]);
});

Deno.test("download() brings a file whose size the server does not say", async () => {
  await using at = await setting({ chunked: true });
  await at.fetch({ sha256 });
  assert.deepEqual(await Deno.readFile(at.target), content);
});

Deno.test("download() goes on by itself when the connection breaks", async () => {
  await using at = await setting({ cutAfter: 3000, cuts: 2 });
  const warnings: string[] = [];
  await at.fetch({ sha256, listener: { warning: (text) => warnings.push(text) } });
  assert.deepEqual(await Deno.readFile(at.target), content);
  assert.deepEqual(at.server.requests.map(({ range }) => range), [
    null,
    "bytes=3000-",
    "bytes=6000-",
  ]);
  assert.equal(warnings.length, 2);
});

Deno.test("download() goes on where an earlier run stopped", async () => {
  await using at = await setting();
  await cutOnce(at);
  await at.fetch({ sha256 });
  assert.deepEqual(at.server.requests.map(({ range }) => range), ["bytes=4000-"]);
  assert.deepEqual(await Deno.readFile(at.target), content);
  assert.deepEqual(names(at.folder), ["file.bin"]);
});

Deno.test("download() goes on by date where there is no ETag, and never by a weak one", async () => {
  for (const etag of [null, 'W/"weak"']) {
    await using at = await setting({ etag: null, lastModified: "Wed, 15 May 2019 10:00:00 GMT" });
    at.file.etag = null;
    await cutOnce(at);
    if (etag !== null) at.file.lastModified = undefined;
    at.file.etag = etag;
    await at.fetch({ sha256 });
    assert.deepEqual(await Deno.readFile(at.target), content);
  }
});

Deno.test("download() starts over when the server ignores ranges", async () => {
  await using at = await setting({ ranges: false });
  await cutOnce(at);
  await at.fetch({ sha256 });
  assert.deepEqual(await Deno.readFile(at.target), content);
});

Deno.test("download() starts over when the file has changed", async () => {
  await using at = await setting();
  await cutOnce(at);
  Object.assign(at.file, { body: other, etag: '"two"' });
  await at.fetch();
  assert.deepEqual(await Deno.readFile(at.target), other);
});

Deno.test("download() never joins halves of two files, whatever the server says", async () => {
  await using at = await setting();
  await cutOnce(at);
  // It claims to go on, but with another version and size.
  const longer = new Uint8Array([...other, 1, 2, 3]);
  Object.assign(at.file, { body: longer, etag: '"one"' });
  await at.fetch();
  assert.deepEqual(await Deno.readFile(at.target), longer);
});

Deno.test("download() starts over for another address", async () => {
  await using at = await setting();
  await cutOnce(at);
  await download(`${at.server.url}/elsewhere.bin`, at.target, { sha256 });
  assert.deepEqual(at.server.requests, [{ path: "/elsewhere.bin", range: null }]);
  assert.deepEqual(await Deno.readFile(at.target), content);
});

Deno.test("download() gives up when nothing comes any more, and keeps what came", async () => {
  await using at = await setting();
  await cutOnce(at);
  Object.assign(at.file, alwaysCut);
  await assert.rejects(at.fetch(), (error: unknown) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, /connection broke .*4000 bytes are kept; run the command again/);
    return true;
  });
  assert.equal((await Deno.stat(`${at.target}.part`)).size, 4000);
});

Deno.test("download() takes a silent server for a broken connection", async () => {
  await using folder = await TemporaryFolder.make();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const target = join(folder.path, "x");
  const { port } = listener.addr;
  await assert.rejects(
    download(`http://127.0.0.1:${port}/x`, target, { stallMs: 20 }),
    /does not answer \(nothing came for 0.02 s\)/,
  );
  (await accepted).close();
  listener.close();
});

Deno.test("download() removes a file with a wrong hash", async () => {
  await using at = await setting({ body: other });
  await assert.rejects(
    at.fetch({ sha256 }),
    new RegExp(`SHA-256 is [0-9a-f]{64}, it should be ${sha256}`),
  );
  assert.deepEqual(names(at.folder), []);
});

Deno.test("download() refuses another size than it should have", async () => {
  await using at = await setting();
  await assert.rejects(at.fetch({ bytes: 9 }), /has 10000 bytes, it should have 9/);
  await assert.rejects(at.fetch({ maxBytes: 9999 }), /larger than the 9999 bytes/);
  at.file.chunked = true;
  await assert.rejects(at.fetch({ bytes: 9999 }), /larger than the 9999 bytes/);
  assert.ok(!names(at.folder).includes("file.bin"));
});

Deno.test("download() says what the server answered", async () => {
  await using at = await setting({ status: 404 });
  await assert.rejects(
    at.fetch(),
    /Cannot download http.*: the server answered 404 \(there is no such file/,
  );
  at.file.status = 503;
  await assert.rejects(at.fetch(), /answered 503 \(it has a fault/);
  assert.ok(!names(at.folder).includes("file.bin"));
});

Deno.test("download() says when a host is unknown or does not answer", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "x");
  await assert.rejects(
    download("https://no-such-host.invalid/x", target),
    /Cannot download https:\/\/no-such-host.invalid\/x: the name no-such-host.invalid is not known/,
  );
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(
    download(`http://127.0.0.1:${port}/x`, target),
    /does not answer \(.*refused/,
  );
});

Deno.test("download() says when the file cannot be written", async () => {
  await using at = await setting();
  const nowhere = join(at.folder, "missing", "file.bin");
  await assert.rejects(download(at.server.url, nowhere), /Cannot write .*missing\/file.bin.part/);
});

Deno.test("download() stops when it is aborted and keeps what came", async () => {
  await using at = await setting({ chunked: true });
  const controller = new AbortController();
  const listener = {
    progress: ({ done }: { done: number }) => {
      if (done > 0) controller.abort(new Error("stop"));
    },
  };
  await assert.rejects(at.fetch({ signal: controller.signal, listener }), /stop/);
  assert.ok((await Deno.stat(`${at.target}.part`)).size > 0);
});

Deno.test("download() keeps nothing, and does not say so, where the server cannot go on", async () => {
  await using at = await setting({ etag: null, cutAfter: 4000, cuts: Infinity });
  const warnings: string[] = [];
  const listener = { warning: (text: string) => warnings.push(text) };
  await assert.rejects(at.fetch({ listener }), (error: unknown) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, /connection broke .*; run the command again, which starts over/);
    assert.doesNotMatch(error.message, /kept/);
    return true;
  });
  assert.ok(warnings.length > 0);
  for (const warning of warnings) assert.match(warning, /; starting over$/);
  assert.deepEqual(names(at.folder), []);
});
