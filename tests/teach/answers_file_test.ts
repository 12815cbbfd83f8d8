import assert from "node:assert/strict";
import { fromFileUrl, join } from "../../src/files/paths.ts";
import { readTripletList } from "../../src/sets/triplet_list.ts";
import { answerTriplets } from "../../src/teach/answer.ts";
import { AnswersFile } from "../../src/teach/answers_file.ts";
import { readUsableTriplets } from "../../src/teach/usable_triplets.ts";
import { randomEmbeddings } from "../helpers/random_embeddings.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const names = ["a.png", "b # 2.png", 'c"\n.png', "d.png", "e.png"];
const options = { notion: "heel", names };
const at = new Date("2026-11-28T13:00:00.000Z");
const first = { anchor: 0, left: 1, right: 2, chosen: "left", by: "Ann", at } as const;

async function answersCase() {
  const folder = await TemporaryFolder.make();
  return {
    path: join(folder.path, "heel.txt"),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

Deno.test("AnswersFile keeps answers as lines of a triplet list, with all that is known of them", async () => {
  await using given = await answersCase();
  const { path } = given;
  const file = await AnswersFile.open(path, options);
  assert.deepEqual(file.answers, []);
  const answer = await file.add(first);
  assert.equal(answer.at, "2026-11-28T13:00:00.000Z");
  await file.add({ ...first, anchor: 3, chosen: null, by: "Bo # 1" });
  await file.add({ ...first, anchor: 4, chosen: "right" });
  const text = await Deno.readTextFile(path);
  assert.equal(
    text.split("\n").slice(0, 2).join("\n"),
    '# csn answers {"format":1,"notion":"heel"}\n' +
      '0 2 1 # {"anchor":0,"left":1,"right":2,"chosen":"left","by":"Ann",' +
      '"at":"2026-11-28T13:00:00.000Z","names":["a.png","b # 2.png","c\\"\\n.png"]}',
  );
  assert.deepEqual([...await readTripletList(path, 5)], [0, 2, 1, 4, 1, 2]);
  const again = await AnswersFile.open(path, options);
  assert.deepEqual(again.answers, file.answers);
  assert.equal(again.answers.length, 3);
  assert.deepEqual([...answerTriplets(again.answers)], [0, 2, 1, 4, 1, 2]);
});

Deno.test("AnswersFile loses no answer but the one that was cut short, wherever that was", async () => {
  await using given = await answersCase();
  const { path } = given;
  const whole = await AnswersFile.open(path, options);
  await whole.add(first);
  await whole.add({ ...first, anchor: 3 });
  const bytes = await Deno.readFile(path);
  const lineEnds = [...bytes.keys()].filter((at) => bytes[at] === 10);
  for (let length = 0; length <= bytes.length; length++) {
    await Deno.writeFile(path, bytes.subarray(0, length));
    const complete = Math.max(0, lineEnds.filter((end) => end < length).length - 1);
    const file = await AnswersFile.open(path, options);
    assert.equal(file.answers.length, complete, `${length}`);
    const listed = complete === 0 ? null : await readTripletList(path, 5);
    assert.equal(listed?.length ?? 0, 3 * complete);
    await file.add({ ...first, anchor: 4 });
    // What lacks nothing but its line end was written whole.
    const kept = complete + (lineEnds.indexOf(length) > 0 ? 1 : 0);
    const now = await file.reload();
    assert.equal(now.length, kept + 1, `${length}`);
    assert.equal(now.at(-1)!.anchor, 4);
    assert.deepEqual(now.slice(0, kept), whole.answers.slice(0, kept));
  }
});

/** Starts a process that adds answers; the returned lines are those that counted. */
function adder(path: string, by: string, count: number) {
  const program = fromFileUrl(new URL("../helpers/answers_program.ts", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", program, path, by, String(count)],
    stdout: "piped",
  }).spawn();
}

const many = Array.from({ length: 50 }, (_, i) => `${"long/".repeat(20)}${i}.png`);

Deno.test("AnswersFile loses nothing that two processes add at once", async () => {
  await using given = await answersCase();
  const { path } = given;
  const both = ["Ann", "Bo"].map((by) => adder(path, by, 60).output());
  assert.ok((await Promise.all(both)).every(({ success }) => success));
  const { answers } = await AnswersFile.open(path, { notion: "heel", names: many });
  for (const by of ["Ann", "Bo"]) {
    const own = answers.filter((answer) => answer.by.startsWith(by)).map((answer) => answer.by);
    assert.deepEqual(own, Array.from({ length: 60 }, (_, i) => `${by} ${i}`));
  }
});

Deno.test("AnswersFile keeps every answer that counted when processes are killed in the middle", async () => {
  await using given = await answersCase();
  const { path } = given;
  const counted: string[] = [];
  for (let round = 0; round < 3; round++) {
    const by = `r${round}`;
    const child = adder(path, by, 100_000);
    let text = "";
    for await (const some of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += some;
      if (text.split("\n").length > 20 + 7 * round) {
        child.kill("SIGKILL");
        break;
      }
    }
    await child.status;
    counted.push(...text.split("\n").slice(0, -1).map((line) => `${by} ${line}`));
  }
  const file = await AnswersFile.open(path, { notion: "heel", names: many });
  const found = new Set(file.answers.map(({ by }) => by));
  assert.ok(counted.length >= 60);
  assert.deepEqual(counted.filter((by) => !found.has(by)), []);
  const before = file.answers.length;
  await file.add({ ...first, by: "after" });
  assert.equal((await file.reload()).length, before + 1);
});

Deno.test("AnswersFile.add() says that a disk is full, and keeps what was answered before", async () => {
  await using given = await answersCase();
  const { path } = given;
  const program = fromFileUrl(new URL("../helpers/answers_program.ts", import.meta.url));
  // Files cannot grow beyond 2 kB: that is what a full disk looks like.
  const { stdout, stderr, success } = await new Deno.Command("sh", {
    args: [
      ...["-c", `trap "" XFSZ; ulimit -f 4; exec "$@"`, "sh", Deno.execPath()],
      ...["run", "--quiet", "--no-check", "-A", program, path, "Ann", "100"],
    ],
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  assert.equal(success, false);
  const said = new TextDecoder().decode(stderr);
  assert.match(
    said,
    /Cannot write an answer to .*: File too large .*; it does not count, and earlier ones are kept; free some disk space/,
  );
  const counted = new TextDecoder().decode(stdout).trimEnd().split("\n").length;
  assert.ok(counted > 2, `${counted}`);
  assert.equal((await Deno.readTextFile(path)).at(-1), "\n");
  const file = await AnswersFile.open(path, { notion: "heel", names: many });
  assert.equal(file.answers.length, counted);
  await file.add(first);
  assert.equal((await file.reload()).length, counted + 1);
});

Deno.test("AnswersFile.open() refuses other files, other notions and other images, and changes nothing", async () => {
  await using given = await answersCase();
  const { path } = given;
  await assert.rejects(
    AnswersFile.open(path, { ...options, notion: "a b" }),
    /^UsageError: Cannot collect answers by "a b": /,
  );
  await Deno.writeTextFile(path, "0 1 2\n3 4 0");
  await assert.rejects(
    AnswersFile.open(path, options),
    /^CsnError: Cannot use .*heel\.txt as a list of answers: its first line does not say/,
  );
  await Deno.remove(path);
  await (await AnswersFile.open(path, options)).add(first);
  const text = await Deno.readTextFile(path);
  await assert.rejects(
    AnswersFile.open(path, { ...options, notion: "colour" }),
    /Cannot add answers by "colour" to .*: its answers are by "heel"; choose another file$/,
  );
  await assert.rejects(
    AnswersFile.open(path, { ...options, names: ["z.png", ...names] }),
    /1 of its 1 are about other images \(image 0 was a\.png, and is z\.png\)/,
  );
  await Deno.writeTextFile(path, `${text}0 1 2 # by hand\n`);
  await assert.rejects(
    AnswersFile.open(path, options),
    /heel\.txt:3: "0 1 2 # by hand" is no answer/,
  );
  assert.equal(await Deno.readTextFile(path), `${text}0 1 2 # by hand\n`);
});

Deno.test("AnswersFile.add() refuses what is no answer, and a file that became another", async () => {
  await using given = await answersCase();
  const { path } = given;
  const file = await AnswersFile.open(path, options);
  await assert.rejects(file.add({ ...first, left: 5 }), /it is about image 5, and there are 5;/);
  await assert.rejects(
    file.add({ ...first, left: 0 }),
    /answer: a\.png, a\.png, c"\\n\.png are not three images/,
  );
  await assert.rejects(file.add({ ...first, by: " " }), /it has no annotator; name one with `by`/);
  await assert.rejects(
    file.add({ ...first, chosen: "up" as "left" }),
    /"up" was chosen; it must be "left", "right" or null/,
  );
  await Deno.writeTextFile(path, "my notes, without a line end");
  await assert.rejects(
    file.add(first),
    /it is another file, which does not begin with # csn answers; choose another file/,
  );
  assert.equal(await Deno.readTextFile(path), "my notes, without a line end");
});

Deno.test("AnswersFile.add() writes answers that are given at once one after the other", async () => {
  await using given = await answersCase();
  const { path } = given;
  const file = await AnswersFile.open(path, options);
  await Promise.all([0, 3, 4].map((anchor) => file.add({ ...first, anchor })));
  assert.deepEqual((await file.reload()).map(({ anchor }) => anchor), [0, 3, 4]);
});

Deno.test("readUsableTriplets() knows the images of answers by their names, and counts what it leaves out", async () => {
  await using given = await answersCase();
  const { path } = given;
  const file = await AnswersFile.open(path, options);
  await file.add(first);
  await file.add({ ...first, anchor: 3 });
  await file.add({ ...first, anchor: 4 });
  await file.add({ ...first, anchor: 4, chosen: null });
  const other = { ...randomEmbeddings(5, 2), names: [...names].reverse() };
  other.vectors[2 * 1] = NaN; // d.png
  const warnings: string[] = [];
  const found = await readUsableTriplets(path, other, {
    listener: { warning: (text) => warnings.push(text) },
  });
  assert.deepEqual([...found], [4, 2, 3, 0, 2, 3]);
  assert.match(
    warnings.join(),
    /^1 of the 3 triplets of .*heel\.txt are left out: an image of theirs is not among/,
  );
  const foreign = { ...other, names: ["1", "2", "3", "4", "5"] };
  await assert.rejects(
    readUsableTriplets(path, foreign),
    /an image of each of its 3 triplets is not/,
  );
});

Deno.test("AnswersFile.takeBack() takes an answer back by a further line, for all who read the list", async () => {
  await using given = await answersCase();
  const { path } = given;
  const file = await AnswersFile.open(path, options);
  const twice = await file.add(first);
  await file.add({ ...first, anchor: 3 });
  const later = await file.add({ ...first, at: new Date(at.getTime() + 1000) });
  const before = await Deno.readTextFile(path);
  await file.takeBack(later);
  assert.ok((await Deno.readTextFile(path)).startsWith(before), "something was removed");
  assert.deepEqual(file.answers.map(({ anchor }) => anchor), [0, 3]);
  assert.deepEqual((await AnswersFile.open(path, options)).answers, file.answers);
  assert.deepEqual([...await readTripletList(path, 5)], [0, 2, 1, 3, 2, 1]);
  const embeddings = { ...randomEmbeddings(5, 4, 1), names };
  assert.deepEqual([...await readUsableTriplets(path, embeddings)], [0, 2, 1, 3, 2, 1]);
  await assert.rejects(file.takeBack(later), /Cannot take back an answer .* read the file again/);
  // The same answer given again counts again.
  await file.takeBack(twice);
  await file.add(first);
  assert.deepEqual((await file.reload()).map(({ anchor }) => anchor), [3, 0]);
  assert.deepEqual([...await readTripletList(path, 5)], [3, 2, 1, 0, 2, 1]);
});
