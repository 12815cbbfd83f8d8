/** `explore` as a process: the address that it prints, and what it refuses. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { CliProcess, runCli } from "../helpers/run_cli.ts";
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

const address = /; open(?:, \S[^\n]*)?\n {2}(http:\/\/127\.0\.0\.1:\d+)\/\?token=(\S+)\n/;

/** Waits until all is open; gives what is explored, where, and the token. */
async function opened(
  exploring: CliProcess,
): Promise<[among: string, origin: string, token: string]> {
  const [, among] = await exploring.printed(/exploring 36 images of ([^\s;]+)/);
  const [, origin, token] = await exploring.printed(address);
  return [among, origin, token];
}

Deno.test("explore prints the page's address, for the model's own set, and ends at SIGTERM", async () => {
  const words = ["explore", "--resume", "set/model", "--port", "0"];
  const exploring = new CliProcess(words, { cwd: folder.path, env: { CSN_TOKEN: "" } });
  const [among, origin, token] = await opened(exploring);
  assert.equal(among, "set");
  assert.match(token, /^[0-9a-f]{32}$/);
  const info = await (await fetch(`${origin}/api/explored`)).json();
  assert.deepEqual([info.model, info.images], ["set/model.safetensors", 36]);
  exploring.kill("SIGTERM");
  const { code, stderr } = await exploring.ended();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^ended$/m);
});

Deno.test("explore prints the address before it embeds images that are new, and goes on without it afterwards", async () => {
  const cwd = folder.path;
  const words = ["explore", "--resume", "set/model", "--port", "0", "--among", "new"];
  await Deno.mkdir(join(cwd, "new"));
  for (let image = 0; image < 36; image++) {
    await Deno.copyFile(join(cwd, "set/images", `${image}.png`), join(cwd, "new", `${image}.png`));
  }
  const first = new CliProcess(words, { cwd });
  await first.printed(/embedding images first; open, the page shows how far that is\n {2}http:/);
  // It is not printed again.
  await first.printed(/exploring 36 images of new\n/);
  first.kill("SIGTERM");
  assert.equal((await first.ended()).code, 0);
  const second = new CliProcess(words, { cwd });
  await second.printed(/exploring 36 images of new; open\n {2}http:\S+\n/);
  second.kill("SIGTERM");
  assert.equal((await second.ended()).code, 0);
});

Deno.test("explore shows the pictures of a file of embeddings, below the folder that is named", async () => {
  const cwd = folder.path;
  const embedded = await runCli(
    ["embed", "--resume", "set/model", "--out", "set.safetensors", "set"],
    { cwd },
  );
  assert.equal(embedded.code, 0, embedded.stderr);
  const words = ["explore", "--resume", "set/model", "--among", "set.safetensors", "--port", "0"];
  const exploring = new CliProcess([...words, "--images", "set/images"], {
    cwd,
    env: { CSN_TOKEN: "a-token-of-the-environment" },
  });
  const [among, origin, token] = await opened(exploring);
  assert.equal(among, "set.safetensors");
  assert.equal(token, "a-token-of-the-environment");
  const picture = await fetch(`${origin}/api/image/4`);
  assert.equal(picture.status, 200);
  await picture.body?.cancel();
  exploring.kill("SIGTERM");
  assert.equal((await exploring.ended()).code, 0);
});

Deno.test("explore refuses a set that is not there, and options that do not go together", async () => {
  const refused = async (words: readonly string[], code: number, message: RegExp) => {
    const found = await runCli(["explore", ...words], { cwd: folder.path });
    assert.equal(found.code, code, found.stderr);
    assert.match(found.stderr, message);
  };
  const model = ["--resume", "set/model"];
  await refused(
    [...model, "--among", "set", "--images", "set/images"],
    2,
    /^error: Cannot explore set with --images: the pictures are those of that folder; leave --images out$/m,
  );
  await refused([...model, "--among", "postgres://user@host/db"], 2, /database/);
  await refused([...model, "--token-file", "none"], 2, /^error: Cannot read the token in none: /m);
  await Deno.rename(join(folder.path, "set"), join(folder.path, "moved"));
  await refused(
    ["--resume", "moved/model"],
    1,
    /^error: Cannot explore .*moved\/model\.safetensors: the set that it was trained on is not at ".*\/set"; pass --among with/m,
  );
});
