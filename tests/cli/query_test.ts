/** `query` by notions and mixtures, among folders and sets. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";

let folder: TemporaryFolder;
let set: string;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.make();
  set = join(folder.path, "set");
  await writeValuedSet(set);
  await writeTinyModel(set);
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

async function query(...args: string[]) {
  return await runCli(
    ["query", "--resume", "set/model", "--among", "set", ...args],
    { cwd: folder.path },
  );
}

async function found(...args: string[]) {
  const { code, stdout, stderr } = await query("--json", ...args);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

interface Hit {
  readonly name: string;
  readonly index: number;
  readonly distance: number;
  readonly shares: Record<string, number>;
}

const image = "set/images/4.png";

Deno.test("query --mix --json gives hits with their distances and shares, and what was done", async () => {
  const result = await found("--mix", "shape=0.7,colour=0.3", "-k", "5", image);
  assert.deepEqual(Object.keys(result), [
    ...["images", "mix", "where", "hits", "by", "combine", "compared", "among"],
  ]);
  assert.deepEqual([result.hits.length, result.compared, result.among], [5, 36, 36]);
  assert.equal(result.hits[0].name, "4.png");
  for (const { shares } of result.hits as Hit[]) {
    assert.deepEqual(Object.keys(shares), ["shape", "colour"]);
    assert.ok(Math.abs(shares.shape + shares.colour - 1) < 1e-12);
  }
  assert.deepEqual(result.by.map(({ weight }: { weight: number }) => weight), [0.7, 0.3]);
  assert.ok(result.by.every(({ scale }: { scale: number }) => scale > 0));
  // The same embeddings, by one notion and from the folder of images.
  const one = await found("--notion", "shape", "-k", "36", image);
  assert.equal(one.notion, "shape");
  const again = await found("--notion", "shape", "-k", "36", image, "--among", "set/images");
  const plain = ({ hits }: { hits: Hit[] }) => hits.map(({ name, distance }) => [name, distance]);
  assert.deepEqual(plain(again), plain(one));
});

Deno.test("query prints what each notion adds, and what was done", async () => {
  const { code, stdout, stderr } = await query(
    "--mix",
    "shape",
    "--mix",
    "colour=2",
    "-k",
    "2",
    image,
  );
  assert.equal(code, 0, stderr);
  const number = /[\d.e+-]+/.source;
  const lines = stdout.trimEnd().split("\n");
  assert.match(lines[0], /^ +distance +shape +colour +dimensions +image$/);
  assert.match(lines[2], /^1 +0\.\d{4} +\d+\.\d\d % +\d+\.\d\d % +\d \d \d +4\.png$/);
  assert.deepEqual(lines.slice(4, 6), ["", "weights of the squared distances: shape 1, colour 2"]);
  assert.match(
    lines[6],
    new RegExp(
      `^balanced: squared distances divided by their medians, shape ${number}, colour ${number}$`,
    ),
  );
  assert.equal(lines[7], "compared with 36 images");
  const raw = await query("--mix", "shape,colour", "--raw", image);
  assert.match(raw.stdout, /^raw: not balanced$/m);
  const score = await query("--like", "shape", "--unlike", "colour=0.5", image);
  assert.match(score.stdout, /^ +score +shape +colour +dimensions +image$/m);
  assert.match(score.stdout, /^a score is no distance: .* the lowest is best$/m);
  assert.match(score.stdout, /^weights .*: shape 1, colour -0\.5$/m);
  const single = await query("--notion", "shape", image);
  assert.match(single.stdout, /^ +distance +dimensions +image$/m);
  assert.doesNotMatch(single.stdout, /weights|balanced/);
});

Deno.test("query --where finds among a set's images with values, of lists too", async () => {
  const names = async (...where: string[]) => {
    const conditions = where.flatMap((each) => ["--where", each]);
    const { hits, compared } = await found("--notion", "shape", "-k", "36", ...conditions, image);
    assert.equal(compared, hits.length);
    return (hits as Hit[]).map(({ index }) => index).sort((a, b) => a - b);
  };
  const all = Array.from({ length: 36 }, (_, index) => index);
  assert.deepEqual(await names("colour=0"), all.filter((index) => index % 3 === 0));
  assert.deepEqual(
    await names("colour!=0", "tags=y,z", "split=test"),
    all.filter((index) => index % 3 !== 0 && index >= 27),
  );
  // The shape of image 5 is not known.
  assert.deepEqual(
    await names("shape<2", "shape>=1"),
    all.filter((index) => Math.floor(index / 3) % 3 === 1 && index !== 5),
  );
  const { stdout } = await query("--notion", "shape", "--where", "size=s", "-k", "1", image);
  assert.match(stdout, /^compared with \d+ of 36 images: where size=s$/m);
});

Deno.test("query takes several images: their mean, or all of them", async () => {
  const images = [image, "set/images/11.png"];
  const mean = await found("--notion", "shape", ...images);
  const all = await found("--notion", "shape", "--combine", "all", ...images);
  assert.deepEqual([mean.combine, all.combine, mean.images], ["mean", "all", images]);
  assert.ok(all.hits.every(({ query }: { query: number }) => query === 0 || query === 1));
  const { stdout } = await query("--notion", "shape", "--combine", "all", ...images);
  assert.match(
    stdout,
    /^several images: each hit's distance is that to the image that is farthest/m,
  );
});

Deno.test("query refuses what cannot be asked, and says what there is", async () => {
  const refuses = async (message: RegExp, ...args: string[]) => {
    const { code, stdout, stderr } = await query(...args, image);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  };
  await refuses(/no notion is named; name one with --notion, or several with --mix/);
  await refuses(/in several ways; use one of/, "--notion", "shape", "--mix", "shape");
  await refuses(/in several ways; use one of/, "--mix", "shape", "--unlike", "colour");
  await refuses(/--unlike alone .* name with --like/, "--unlike", "colour");
  await refuses(/Cannot compare by "shpe": the model .* knows shape, colour/, "--mix", "shpe=1");
  await refuses(/Cannot read --mix "shape=x": the weight of "shape"/, "--mix", "shape=x");
  await refuses(
    /no column "gender"; there are shape, colour/,
    "--mix",
    "shape",
    "--where",
    "gender=w",
  );
  await refuses(
    /no image has the value "9"; there are/,
    "--notion",
    "shape",
    "--where",
    "colour=9",
  );
  await refuses(
    /among set\/images with --where: it is no image set, .* pass with --among a set/,
    ...["--notion", "shape", "--where", "colour=1", "--among", "set/images"],
  );
});

Deno.test("query says which notion a column became that is named instead of it", async () => {
  const file = join(set, "set.json");
  const before = await Deno.readTextFile(file);
  const described = JSON.parse(before);
  const { shape, ...others } = described.made.rules;
  described.made.rules = { "Shape, seen": shape, ...others };
  await Deno.writeTextFile(file, JSON.stringify(described));
  const { code, stderr } = await query("--notion", "Shape, seen", image);
  await Deno.writeTextFile(file, before);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /by "Shape, seen": that is a column of the table; its notion is called shape/,
  );
});

Deno.test("query --gallery writes a page with a row for the mixture and each notion, and replaces only its own", async () => {
  const gallery = (...more: string[]) =>
    query("--mix", "shape,colour", "-k", "3", "--gallery", "out.html", ...more, image);
  const { code, stdout, stderr } = await gallery();
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^compared with 36 images$/m);
  assert.match(stderr, /^written: out\.html$/m);
  const out = join(folder.path, "out.html");
  const page = await Deno.readTextFile(out);
  const titles = [...page.matchAll(/<h2>(.*)<\/h2>/g)].map(([, title]) => title);
  assert.deepEqual(titles, ["shape 1, colour 1", "shape", "colour"]);
  assert.equal(page.match(/<img src="data:image\/png;base64,/g)!.length, 1 + 3 * 3);
  assert.doesNotMatch(page, /<script/);
  assert.equal((await gallery()).code, 0);
  await Deno.writeTextFile(out, "<p>the user's</p>");
  const refused = await gallery();
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /a file lies there that does not say csn wrote it; .*--overwrite/);
  assert.equal(await Deno.readTextFile(out), "<p>the user's</p>");
  assert.equal((await gallery("--overwrite")).code, 0);
  const elsewhere = await query("--notion", "shape", "--gallery", "out.txt", image);
  assert.match(
    elsewhere.stderr,
    /gallery to .*out\.txt: it is a page; name a file that ends in \.html/,
  );
});

Deno.test("calibrate stores chances in the model's file, and query shows them with every hit", async () => {
  const own = join(folder.path, "own");
  await Deno.mkdir(own);
  const model = await writeTinyModel(own);
  const calibrate = (...args: string[]) =>
    runCli(["calibrate", "--resume", model, "--data", "set", ...args], { cwd: folder.path });
  const few = await calibrate();
  assert.equal(few.code, 1);
  assert.match(
    few.stderr,
    /the val split of .* has 16 triplets of it; 20 are needed, so .*--split/,
  );
  const { code, stdout, stderr } = await calibrate("--split", "train");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^nearer +triplets +by +log likelihood +calibration error +95 % interval$/m);
  assert.match(stdout, /^colour +64 +(squared )?distance +-\d\.\d{4} +\d+\.\d\d % +\d/m);
  assert.match(stdout, /^same value +pairs +by/m);
  assert.match(stdout, /^fitted to the train split of tiny; /m);
  assert.match(stdout, /^stored in own\/model\.safetensors: /m);
  const asked = ["--resume", model, "-k", "2", image];
  const shown = await query("--notion", "shape", ...asked);
  assert.match(shown.stdout, /^ +distance +nearer +same +dimensions +image$/m);
  assert.match(shown.stdout, /^1 +0\.\d{4} +\d+\.\d % +\d+\.\d % +\d \d \d +4\.png$/m);
  assert.match(shown.stdout, /^nearer: the chance that a person .*\nsame: the chance/m);
  const mixed = await query("--mix", "shape,colour", ...asked);
  assert.match(mixed.stdout, / nearer shape +same shape +nearer colour +same colour +dimensions/);
  const { hits } = JSON.parse((await query("--mix", "shape,colour", "--json", ...asked)).stdout);
  for (const { chances } of hits) {
    for (const each of [chances.shape, chances.colour]) {
      assert.ok(0 <= each.nearer && each.nearer <= 1 && 0 <= each.same && each.same <= 1);
    }
  }
});

Deno.test("query --among takes a set in data/ by its name", async () => {
  const { code, stdout, stderr } = await runCli(
    ["query", "--resume", "set/model", "--among", "set", "--notion", "shape", "set/images/4.png"]
      .map((arg) => arg.includes("/") ? join(folder.path, arg) : arg),
    { cwd: "/", env: { CSN_DATA: folder.path } },
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^compared with 36 images$/m);
});
