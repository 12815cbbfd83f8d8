/** `serve` as a process: its line, its log, and how a signal ends it. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { CliProcess, runCli } from "../helpers/run_cli.ts";
import { withPostgres } from "../helpers/with_postgres.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";

let folder: TemporaryFolder;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeValuedSet(set);
  await writeTinyModel(set);
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

const words = ["serve", "--resume", "set/model", "--among", "set"];

Deno.test("serve answers, and at SIGTERM what is in progress too, and ends with 0", async () => {
  const serving = new CliProcess([...words, "--port", "0", "--verbose"], { cwd: folder.path });
  const line = /serving 36 images of set at http:\/\/127\.0\.0\.1:(\d+)\n/;
  const port = Number((await serving.printed(line))[1]);
  const url = `http://127.0.0.1:${port}`;
  const answer = await fetch(`${url}/neighbours`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "4.png", notion: "shape", k: 1 }),
  });
  assert.equal((await answer.json()).hits[0].name, "4.png");
  // A request that is half there when the signal comes is answered when the rest has come.
  const bytes = await Deno.readFile(join(folder.path, "set", "images", "7.png"));
  using half = await Deno.connect({ hostname: "127.0.0.1", port });
  const head =
    `POST /embed HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ncontent-length: ${bytes.length}\r\nexpect: 100-continue\r\n\r\n`;
  await half.write(new TextEncoder().encode(head));
  const buffer = new Uint8Array(4096);
  const read = async () => new TextDecoder().decode(buffer.subarray(0, (await half.read(buffer))!));
  // The request is known to be in progress once its bytes are asked for.
  assert.match(await read(), /^HTTP\/1\.1 100 /);
  await half.write(bytes.subarray(0, 10));
  serving.kill("SIGTERM");
  for (;;) {
    const health = await fetch(`${url}/healthz`);
    await health.bytes();
    if (health.status === 503) break;
  }
  await half.write(bytes.subarray(10));
  assert.match(await read(), /^HTTP\/1\.1 200 /);
  const { code, stderr } = await serving.ended();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^POST \/neighbours 200 \d+\.\d ms$/m);
  assert.match(stderr, /^ended: what had been asked is answered$/m);
  assert.doesNotMatch(stderr, /legacy|Error/);
});

Deno.test("serve asks for a token where others reach it, and reads it from a file", async () => {
  const open = await runCli([...words, "--host", "0.0.0.0", "--port", "0"], {
    cwd: folder.path,
    env: { CSN_TOKEN: "" },
  });
  assert.equal(open.code, 2);
  assert.match(
    open.stderr,
    /^error: Cannot serve at 0\.0\.0\.0 without a token: .*; pass one as --token-file, or serve at 127\.0\.0\.1$/m,
  );
  const missing = await runCli([...words, "--token-file", "none"], { cwd: folder.path });
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /^error: Cannot read the token in none: /m);
});

await withPostgres(1, ([server]) => {
  Deno.test("serve --from answers what query --from prints, from the table that index wrote", async () => {
    const from = ["--from", server.url(), "--table", "shoes"];
    const model = ["--resume", "set/model"];
    const index = ["index", ...model, "--among", "set", "--to", server.url(), "--table", "shoes"];
    assert.equal((await runCli(index, { cwd: folder.path })).code, 0);
    const query = ["query", ...model, ...from, "--mix", "shape,colour=0.5", "--where", "colour=1"];
    const printed = await runCli([...query, "--json", "set/images/4.png"], { cwd: folder.path });
    const serving = new CliProcess(["serve", ...model, ...from, "--port", "0"], {
      cwd: folder.path,
    });
    const [, url] = await serving.printed(/serving 36 images of shoes at (http:\S+)\n/);
    const answer = await fetch(`${url}/neighbours?mix=shape,colour=0.5&where=colour=1`, {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: await Deno.readFile(join(folder.path, "set", "images", "4.png")),
    });
    const { hits } = await answer.json();
    assert.deepEqual(hits, JSON.parse(printed.stdout).hits);
    serving.kill("SIGTERM");
    const { code, stdout, stderr } = await serving.ended();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout + stderr, /postgres:/);
  });
});

Deno.test("serve, query and index refuse a database's address as --among without showing it", async () => {
  const among = ["--resume", "set/model", "--among", "postgres://me:s3cret@localhost/shop"];
  const from = /--among takes a folder, .*; name a database with --from and --table$/m;
  const made = /--among takes a folder, .*; name what that table was made of$/m;
  const commands: [RegExp, ...string[]][] = [
    [from, "serve"],
    [from, "query", "--notion", "shape", "set/images/4.png"],
    [made, "index", "--to", "postgres://localhost/other", "--table", "shoes"],
  ];
  for (const [message, ...command] of commands) {
    const { code, stderr } = await runCli([...command, ...among], { cwd: folder.path });
    assert.equal(code, 2);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /s3cret|localhost/);
  }
});

Deno.test("serve refuses no images, and images that are named in two ways", async () => {
  const model = ["serve", "--resume", "set/model"];
  const none = await runCli(model, { cwd: folder.path });
  assert.equal(none.code, 2);
  assert.match(none.stderr, /no images are named; name a folder or set with --among/);
  const from = ["--from", "postgres://h/d", "--table", "shoes"];
  const both = await runCli([...words, ...from], { cwd: folder.path });
  assert.equal(both.code, 2);
  assert.match(both.stderr, /use --among, or --from with --table/);
});
