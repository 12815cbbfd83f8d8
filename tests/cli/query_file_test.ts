/** `query` among a file that `embed` wrote. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

let folder: TemporaryFolder;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"), { triplets: 4 });
  await writeTinyModel(folder.path);
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

const image = "set/images/4.png";

const run = (...args: string[]) => runCli(args, { cwd: folder.path });

async function query(among: string, ...args: string[]) {
  return await run(
    ...["query", "--resume", "model", "--among", among, "--mix", "shape,colour", ...args, image],
  );
}

async function embed(out: string, ...args: string[]) {
  return await run("embed", "--resume", "model", "--out", out, ...args, "set");
}

Deno.test("query --among takes a file of embed's, of all numbers, and finds what it finds among the set", async () => {
  const hits = async (among: string) => {
    const { code, stdout, stderr } = await query(among, "--json");
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout).hits as { name: string; distance: number }[])
      .map(({ name, distance }) => [name, distance.toFixed(4)]);
  };
  const expected = await hits("set");
  for (const numbers of ["float32", "int8", "float16"]) {
    const out = `${numbers}.safetensors`;
    const { code, stderr } = await embed(out, "--numbers", numbers);
    assert.equal(code, 0, stderr);
    const found = await hits(out);
    // Of three digits, the distance to the image itself is above 0.
    if (numbers === "float16") assert.equal(found[0][0], expected[0][0]);
    else assert.deepEqual(found, expected);
  }
  const [whole, half] = ["float32", "float16"].map((numbers) =>
    Deno.statSync(join(folder.path, `${numbers}.safetensors`)).size
  );
  assert.equal(whole - half, 36 * 8 * 2);
});

Deno.test("embed --numbers refuses formats that hold float32 alone, before images are embedded", async () => {
  const { code, stderr } = await embed("out.npy", "--numbers", "float16");
  assert.equal(code, 2);
  assert.match(stderr, /out\.npy" as float16: \.npy holds float32 alone; end the file with/);
  assert.doesNotMatch(stderr, /Embedding/);
});

Deno.test("query --among a file refuses one that was damaged, --where and --gallery", async () => {
  await embed("own.safetensors");
  const refuses = async (status: number, message: RegExp, ...args: string[]) => {
    const { code, stdout, stderr } = await query("own.safetensors", ...args);
    assert.deepEqual([code, stdout], [status, ""], stderr);
    assert.match(stderr, message);
  };
  await refuses(2, /with --where: it is no image set/, "--where", "colour=1");
  await refuses(
    2,
    /Cannot write a gallery of the images of own\.safetensors: a file of embeddings does not hold the pictures/,
    ...["--gallery", "out.html"],
  );
  const path = join(folder.path, "own.safetensors");
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 100] ^= 1;
  await Deno.writeFile(path, bytes);
  await refuses(1, /own\.safetensors": it is damaged, .*; write them anew with `deno task embed`/);
});
