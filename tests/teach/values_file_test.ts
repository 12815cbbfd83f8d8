import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { ValuesFile } from "../../src/teach/values_file.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const names = ["a.png", "b, 2.png", 'c "x".png', " d.png", "e.png"];
const options = { notion: "heel", names };
const at = new Date("2026-11-28T13:00:00.000Z");
const head = "file,heel,given_by,given_at\n";

async function valuesCase() {
  const folder = await TemporaryFolder.make();
  return {
    path: join(folder.path, "heel.csv"),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Image and value of what counts. */
function counting({ values }: ValuesFile): [number, string][] {
  return values.map(({ image, value }) => [image, value]);
}

Deno.test("ValuesFile keeps values as rows of a table, with who gave them and when", async () => {
  await using given = await valuesCase();
  const { path } = given;
  const file = await ValuesFile.open(path, options);
  assert.deepEqual(file.values, []);
  await file.give({ images: [0, 1, 2, 3], value: " very flat ", by: "Ann", at });
  await file.give({ images: [4], value: 'high, "red"', by: "Bo", at });
  assert.equal(
    await Deno.readTextFile(path),
    head +
      "a.png,very flat,Ann,2026-11-28T13:00:00.000Z\n" +
      '"b, 2.png",very flat,Ann,2026-11-28T13:00:00.000Z\n' +
      '"c ""x"".png",very flat,Ann,2026-11-28T13:00:00.000Z\n' +
      '" d.png",very flat,Ann,2026-11-28T13:00:00.000Z\n' +
      'e.png,"high, ""red""",Bo,2026-11-28T13:00:00.000Z\n',
  );
  const again = await ValuesFile.open(path, options);
  assert.deepEqual(again.values, file.values);
  assert.deepEqual(again.values.at(-1), {
    ...{ image: 4, value: 'high, "red"', by: "Bo", at: at.toISOString() },
  });
  assert.equal(again.values.length, 5);
});

Deno.test("ValuesFile counts of an image and person the last value, and of several people's the last", async () => {
  await using given = await valuesCase();
  const file = await ValuesFile.open(given.path, options);
  const give = (image: number, value: string, by = "Ann") =>
    file.give({ images: [image], value, by });
  await give(0, "flat");
  await give(1, "high");
  await give(0, "high");
  await give(1, "flat", "Bo");
  assert.deepEqual(counting(file), [[0, "high"], [1, "flat"]]);
  assert.deepEqual(file.standing.map(({ by, value }) => `${by} ${value}`), [
    ...["Ann high", "Ann high", "Bo flat"],
  ]);
  // Bo's is taken back: Ann's counts again. Then hers, too.
  await give(1, "", "Bo");
  assert.deepEqual(counting(file), [[0, "high"], [1, "high"]]);
  await give(1, "");
  assert.deepEqual(counting(file), [[0, "high"]]);
  // Nothing is ever removed from the file.
  assert.equal((await Deno.readTextFile(given.path)).split("\n").length, 8);
});

Deno.test("ValuesFile lists values in the order in which each was given first, so that keys stay", async () => {
  await using given = await valuesCase();
  const file = await ValuesFile.open(given.path, options);
  await file.give({ images: [0], value: "flat", by: "Ann" });
  await file.give({ images: [1, 2], value: "high", by: "Ann" });
  await file.give({ images: [0], value: "high", by: "Ann" });
  assert.deepEqual(file.distinct, ["high"]);
  await file.give({ images: [0], value: "flat", by: "Ann" });
  assert.deepEqual(file.distinct, ["flat", "high"]);
});

Deno.test("ValuesFile writes what is sent twice once", async () => {
  await using given = await valuesCase();
  const file = await ValuesFile.open(given.path, options);
  for (let i = 0; i < 2; i++) await file.give({ images: [0, 1], value: "flat", by: "Ann", at });
  assert.equal((await Deno.readTextFile(given.path)).split("\n").length, 4);
  for (let i = 0; i < 2; i++) await file.give({ images: [0], value: "", by: "Ann" });
  assert.equal((await Deno.readTextFile(given.path)).split("\n").length, 5);
});

Deno.test("ValuesFile loses no value but the one that was cut short, wherever that was", async () => {
  await using given = await valuesCase();
  const { path } = given;
  const whole = await ValuesFile.open(path, options);
  await whole.give({ images: [2, 1], value: 'so "flat"', by: "Ann", at });
  const bytes = await Deno.readFile(path);
  const lineEnds = [...bytes.keys()].filter((at) => bytes[at] === 10);
  for (let length = 0; length <= bytes.length; length++) {
    await Deno.writeFile(path, bytes.subarray(0, length));
    const complete = Math.max(0, lineEnds.filter((end) => end < length).length - 1);
    const file = await ValuesFile.open(path, options);
    assert.equal(file.values.length, complete, `${length}`);
    await file.give({ images: [4], value: "high", by: "Bo" });
    // What lacks nothing but its line end was written whole.
    const kept = complete + (lineEnds.indexOf(length) > 0 ? 1 : 0);
    assert.deepEqual(file.values.slice(0, kept), whole.values.slice(0, kept), `${length}`);
    assert.deepEqual(counting(file).slice(kept), [[4, "high"]], `${length}`);
  }
});

Deno.test("ValuesFile takes a file whose lines a spreadsheet ended otherwise", async () => {
  await using given = await valuesCase();
  const file = await ValuesFile.open(given.path, options);
  await file.give({ images: [0], value: "flat", by: "Ann", at });
  const text = await Deno.readTextFile(given.path);
  await Deno.writeTextFile(given.path, text.replaceAll("\n", "\r\n"));
  await file.give({ images: [1], value: "high", by: "Ann", at });
  assert.deepEqual(counting(await ValuesFile.open(given.path, options)), [
    ...[[0, "flat"], [1, "high"]],
  ]);
});

Deno.test("ValuesFile refuses other files, other images and broken rows, and leaves them as they are", async () => {
  await using given = await valuesCase();
  const { path } = given;
  const refuses = async (text: string, message: RegExp) => {
    await Deno.writeTextFile(path, text);
    await assert.rejects(ValuesFile.open(path, options), message);
    assert.equal(await Deno.readTextFile(path), text);
  };
  const row = ",flat,Ann,2026-11-28T13:00:00.000Z\n";
  await refuses(
    "file,sole,given_by,given_at\n",
    /^CsnError: Cannot add values of "heel" to .*: its first line is not file,heel,given_by,given_at; choose/,
  );
  await refuses(
    `${head}z.png${row}`,
    /its line 2 is about "z.png", which is not among these images; use the images/,
  );
  await refuses(`${head}a.png${row}a.png,flat\n`, /heel.csv:3: "a.png,flat" is no value of an/);
  await refuses(`${head}a.png${row}"a.png${row}`, /heel.csv:3: .* is no value of an image/);
});

Deno.test("ValuesFile refuses notions, values and people that its rows cannot hold", async () => {
  await using given = await valuesCase();
  const open = (notion: string) => ValuesFile.open(given.path, { notion, names });
  await assert.rejects(open("a b"), /^UsageError: Cannot collect values of "a b": the name of a/);
  await assert.rejects(open("given_by"), /the list has a column of that name \(file, given_by, /);
  await assert.rejects(open("all"), /a notion is called "all"/);
  const file = await open("heel");
  const value = { images: [0], value: "flat", by: "Ann" };
  await assert.rejects(file.give({ ...value, by: " " }), /nobody gives it; name who with `by`/);
  await assert.rejects(file.give({ ...value, value: "a\nb" }), /holds a line end or another/);
  await assert.rejects(file.give({ ...value, images: [0, 5] }), /image 5, and there are 5; give/);
  // All of them or none.
  await assert.rejects(Deno.stat(given.path), Deno.errors.NotFound);
  const odd = await ValuesFile.open(given.path, { notion: "heel", names: ["a\nb.png"] });
  await assert.rejects(odd.give(value), /of "a\\nb.png": its name holds a line end; rename the/);
});
