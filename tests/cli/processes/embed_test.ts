/** `embed` in several real processes. */
import assert from "node:assert/strict";
import { exists } from "../../../src/files/exists.ts";
import { join } from "../../../src/files/paths.ts";
import { readEmbeddings } from "../../../src/model/embedding_file.ts";
import { ranksOf } from "../../helpers/ranks_of.ts";
import { CliProcess, type CliResult } from "../../helpers/run_cli.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { writeTinyModel } from "../../helpers/tiny_model.ts";
import { writeTinySet } from "../../helpers/tiny_set.ts";

/** How far numbers may lie apart whose images were in batches of other sizes. */
const tolerance = 1e-6;

/** A set, a folder of two images and one that is none, a model, and where to write. */
class Case implements AsyncDisposable {
  readonly #folder: TemporaryFolder;
  readonly #model: string;

  private constructor(folder: TemporaryFolder, model: string) {
    this.#folder = folder;
    this.#model = model;
  }

  static async make(): Promise<Case> {
    const folder = await TemporaryFolder.make();
    const set = join(folder.path, "a set");
    await writeTinySet(set);
    await Deno.mkdir(join(folder.path, "photos"));
    for (const name of ["1.png", "2.png"]) {
      await Deno.copyFile(join(set, "images", name), join(folder.path, "photos", name));
    }
    await Deno.writeTextFile(join(folder.path, "photos", "0.png"), "no image");
    return new Case(folder, await writeTinyModel(folder.path));
  }

  at(...names: string[]): string {
    return join(this.#folder.path, ...names);
  }

  /** Starts the command in the folder of the case. */
  start(out: string, args: readonly string[]): CliProcess {
    return new CliProcess([
      ...["embed", "--resume", this.#model, "--out", this.at(out), "--threads", "1", ...args],
    ], { cwd: this.#folder.path });
  }

  async run(out: string, ...args: string[]): Promise<CliResult> {
    return await this.start(out, args).ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** What is reported but for the time that it took, and for what this machine is small for. */
function warnings(stderr: string): string[] {
  const passing = /^(Embedding images|warning: \d processes take turns|$)/;
  return stderr.split("\n").filter((line) => !passing.test(line));
}

/** Runs the command in one process and in several, and compares all that they give. */
async function compareBoth(
  given: Case,
  ending: string,
  args: readonly string[],
  processes: number,
): Promise<{ one: CliResult; rows: number }> {
  const [alone, together] = [`alone${ending}`, `together${ending}`];
  const one = await given.run(alone, ...args);
  const several = await given.run(together, ...args, "--processes", String(processes));
  assert.equal(one.code, 0, one.stderr);
  assert.equal(several.code, 0, several.stderr);
  assert.equal(several.stdout, one.stdout.replace(alone, together));
  assert.deepEqual(warnings(several.stderr), warnings(one.stderr));
  const [a, b] = [await readEmbeddings(given.at(alone)), await readEmbeddings(given.at(together))];
  assert.deepEqual(b.embeddings.names, a.embeddings.names);
  assert.deepEqual(b.masks, a.masks);
  const gap = b.embeddings.vectors.map((value, i) => {
    const other = a.embeddings.vectors[i];
    return Object.is(value, other) ? 0 : Math.abs(value - other);
  });
  assert.ok(gap.every((each) => each < tolerance), `they differ by ${Math.max(...gap)}`);
  const [size, other] = [alone, together].map((name) => Deno.statSync(given.at(name)).size);
  assert.equal(other, size);
  return { one, rows: a.embeddings.names.length };
}

Deno.test("embed --processes writes what one process writes: a folder, more processes than images, int8", async () => {
  await using given = await Case.make();
  const args = ["--numbers", "int8", "a set/images/7.png", "photos"];
  const { one, rows } = await compareBoth(given, ".safetensors", args, 4);
  assert.equal(rows, 3);
  assert.match(one.stderr, /^warning: Cannot decode .*0\.png: .*; it is left out$/m);
});

Deno.test("embed --processes writes what one process writes: a list with gaps, whose rows hold NaN", async () => {
  await using given = await Case.make();
  const list = ["2.png", "gone.png", "0.png", "1.png"];
  await Deno.writeTextFile(given.at("list.txt"), list.join("\n"));
  const args = ["--names", given.at("list.txt"), "--allow-missing", "photos"];
  const { one, rows } = await compareBoth(given, ".npy", args, 2);
  assert.equal(rows, 4);
  assert.match(one.stderr, /^warning: 2 of the 4 images of .*: their rows hold NaN$/m);
  const { vectors } = (await readEmbeddings(given.at("together.npy"))).embeddings;
  assert.equal(vectors.filter(Number.isNaN).length, 2 * 8);
});

Deno.test("embed --processes ends all with its error where an image that was named cannot be read", async () => {
  await using given = await Case.make();
  const args = ["a set/images/1.png", "photos/0.png", "--processes", "2"];
  const { code, stdout, stderr } = await given.run("e.npy", ...args);
  assert.deepEqual([code, stdout], [1, ""], stderr);
  assert.match(stderr, /^rank 0: error: Cannot decode .*photos\/0\.png: /m);
  assert.equal(stderr.match(/Cannot decode/g)?.length, 1, stderr);
  assert.doesNotMatch(stderr, /Cannot compute together/);
  assert.equal(await exists(given.at("e.npy")), false);
});

Deno.test("embed --processes says once that images of a set are missing", async () => {
  await using given = await Case.make();
  await Deno.remove(given.at("a set", "images", "3.png"));
  const { code, stderr } = await given.run("e.npy", "a set", "--processes", "2");
  assert.equal(code, 1);
  assert.equal(stderr.match(/1 of its 36 images are missing/g)?.length, 1, stderr);
});

Deno.test("embed --processes refuses once, before it starts any, what none of them could do", async () => {
  await using given = await Case.make();
  const cases: [out: string, args: string[], found: RegExp][] = [
    ["e.npy", ["nowhere"], /^error: Cannot embed "nowhere": there is no such file or folder\n$/],
    ["e.txt", ["photos"], /^error: Cannot write embeddings to .*its ending says no format.*\n$/],
  ];
  for (const [out, args, found] of cases) {
    const { code, stderr } = await given.run(out, ...args, "--processes", "2");
    assert.notEqual(code, 0);
    assert.match(stderr, found);
  }
});

Deno.test("embed --processes is stopped on all ranks by Ctrl-C, or a signal that one rank alone gets", async () => {
  await using given = await Case.make();
  await Deno.mkdir(given.at("many"));
  await Deno.writeTextFile(given.at("many", "0.png"), "no image");
  for (let image = 1; image < 8000; image++) {
    await Deno.link(given.at("photos", "1.png"), given.at("many", `${image}.png`));
  }
  for (const isOfOne of [false, true]) {
    const embedding = given.start("e.npy", ["many", "--processes", "2"]);
    // It is in its middle then.
    await embedding.printed(/it is left out/);
    if (isOfOne) Deno.kill((await ranksOf(embedding))[1], "SIGTERM");
    else embedding.kill("SIGINT");
    const { code, stdout, stderr } = await embedding.ended();
    assert.deepEqual([code, stdout], [isOfOne ? 143 : 130, ""], stderr);
    assert.equal(stderr.match(/^.*Stopped: .*$/gm)?.length, 1, stderr);
    assert.match(
      stderr,
      /^Stopped: no file was written to .*e\.npy; the same command begins again$/m,
    );
    assert.doesNotMatch(stderr, /error:/);
    assert.equal(await exists(given.at("e.npy")), false);
  }
});
