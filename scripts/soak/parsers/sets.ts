/** The files of an image set, and rules. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type ImageSet, openImageSet } from "../../../src/sets/image_set.ts";
import { readRules } from "../../../src/sets/make/notions/read_rules.ts";
import { readHeader } from "../../../src/sets/pack/pack_header.ts";
import { readSetFile, type SetDescription } from "../../../src/sets/set_file.ts";
import { readSetValues } from "../../../src/sets/set_values.ts";
import { readTripletList } from "../../../src/sets/triplet_list.ts";
import { dirname, join } from "../../../src/files/paths.ts";
import { writeValuedSet } from "../../../tests/helpers/valued_set.ts";
import { bytesOf, type Parser } from "./parser.ts";
import { spoilt, spoiltJsonFiles } from "./spoil.ts";

/** Images of the set that the lists are of. */
const images = 100;

/** Triplet lists, each compared with what a naive reader finds. */
export function tripletLists(): Parser<Uint32Array> {
  const samples = ["0 1 2\n3 4 5\n99 98 97\n", "0 1 2\r\n10 11 12\r\n\r\n", "7\t8  9\n1 2 3"];
  const index = fc.nat(images - 1);
  const right = fc.array(fc.tuple(index, index, index), { minLength: 1, maxLength: 6 }).map((
    list,
  ) => ({
    bytes: bytesOf(list.map((triplet) => triplet.join(" ") + "\n").join("")),
    right: Uint32Array.from(list.flat()),
  }));
  return {
    name: "triplet lists",
    file: "shape_tripletlist_train.txt",
    inputs: fc.oneof(
      { arbitrary: spoilt(samples.map(bytesOf)).map((bytes) => ({ bytes })), weight: 4 },
      { arbitrary: right, weight: 1 },
    ),
    read: (file) => readTripletList(file, images),
    verify: (list, bytes) => assert.deepEqual([...list], naiveTriplets(bytes)),
  };
}

function naiveTriplets(bytes: Uint8Array): number[] {
  const lines = new TextDecoder("latin1").decode(bytes).replace(/[ \t\r\n]+$/, "").split("\n");
  return lines.flatMap((line) => {
    const triplet = /^[ \t\r]*(\d+)[ \t\r]+(\d+)[ \t\r]+(\d+)[ \t\r]*$/.exec(line);
    assert.ok(triplet !== null, `a wrong line was read: ${JSON.stringify(line)}`);
    const numbers = triplet.slice(1).map(Number);
    assert.ok(numbers.every((number) => number < images));
    return numbers;
  });
}

/** filenames.json of a set. */
export async function filenames(folder: string): Promise<Parser<readonly string[]>> {
  const description = { format: 1, name: "s", images: "images", notions: ["shape"], flip: true };
  await Deno.writeTextFile(join(folder, "set.json"), JSON.stringify(description));
  await Deno.mkdir(join(folder, "tripletlists"));
  const name = fc.string({
    unit: fc.constantFrom(..."ab é漢.-_/\\\"'\t"),
    minLength: 1,
    maxLength: 8,
  })
    .filter((path) => !path.startsWith("/") && !path.split("/").includes(".."));
  const right = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => ({
    bytes: bytesOf(names.map((each) => each + "\n").join("")),
    right: names,
  }));
  return {
    name: "filenames",
    file: "filenames.json",
    inputs: fc.oneof(
      spoilt(["a/1.png\nb/2.png\n3.png\n", "1.png\r\nè 2.png\r\n"].map(bytesOf)).map((bytes) => ({
        bytes,
      })),
      right,
    ),
    read: async (file) => (await openImageSet(dirname(file))).imageFiles,
    verify: (files) => {
      const inside = (path: string) => !`/${path}/`.includes("/../") && !path.startsWith("/");
      assert.ok(files.length > 0 && files.every((path) => path !== "" && inside(path)));
    },
  };
}

/** set.json. */
export function setFiles(): Parser<SetDescription> {
  const samples = [
    { format: 1, name: "mine", images: "images", notions: ["shape", "colour"], flip: true },
    {
      ...{ format: 1, images: "/photos", notions: ["a"], flip: false, fit: "pad:#ffffff" },
      normalisation: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.2] },
    },
  ];
  return {
    name: "set.json",
    file: "set.json",
    inputs: spoiltJsonFiles(samples).map((bytes) => ({ bytes })),
    read: readSetFile,
    verify: ({ name, images, notions, flip, fit, normalisation: { mean, std } }) => {
      assert.ok(name === undefined || typeof name === "string");
      assert.ok(typeof images === "string" && images !== "" && typeof flip === "boolean");
      assert.ok(notions.length > 0 && new Set(notions).size === notions.length);
      assert.ok(notions.every((notion) => /^[^/\s]+$/.test(notion)));
      assert.match(fit, /^(crop|pad:#[0-9a-f]{6})$/);
      assert.ok([...mean, ...std].every(Number.isFinite) && mean.length + std.length === 6);
      assert.ok(std.every((deviation) => deviation > 0));
    },
  };
}

/** A rules file. */
export function rules(): Parser<Record<string, unknown>> {
  const samples = [
    { heel: { type: "ordinal", order: ["flat", "low", "high"], alike: 0, unlike: 2, name: "h" } },
    { price: { type: "numeric", quantiles: 5, alike: 0, unlike: 2 }, shape: {} },
    { tags: { type: "multi", separator: ";" }, colour: { type: "categorical", name: "tint" } },
  ];
  return {
    name: "rules",
    file: "rules.json",
    inputs: spoiltJsonFiles(samples).map((bytes) => ({ bytes })),
    read: readRules,
    verify: (found) => {
      for (const rule of Object.values(found) as Record<string, unknown>[]) {
        const { alike, unlike, order, quantiles } = rule;
        assert.ok(typeof rule === "object" && rule !== null);
        for (const number of [alike, unlike, quantiles]) {
          assert.ok(number === undefined || Number.isFinite(number) && number as number >= 0);
        }
        assert.ok(order === undefined || Array.isArray(order) && order.length > 1);
      }
    },
  };
}

/** attributes.csv beside the rules that a set.json has. */
export async function setValues(folder: string): Promise<Parser<unknown>> {
  const { set, sample } = await valuedSet(folder, "attributes.csv");
  return {
    name: "attributes.csv",
    file: "attributes.csv",
    inputs: spoilt([sample]).map((bytes) => ({ bytes })),
    read: () => readSetValues(set),
    verify: (values) => verifyValues(set, values as Awaited<ReturnType<typeof readSetValues>>),
  };
}

/** The rules in a set.json. */
export async function setRules(folder: string): Promise<Parser<unknown>> {
  const { set, sample } = await valuedSet(folder, "set.json");
  return {
    name: "rules of a set",
    file: "set.json",
    inputs: spoiltJsonFiles([JSON.parse(new TextDecoder().decode(sample))]).map((bytes) => ({
      bytes,
    })),
    read: () => readSetValues(set),
    verify: (values) => verifyValues(set, values as Awaited<ReturnType<typeof readSetValues>>),
    // It may say that attributes.csv does not fit to it.
    namesNoFile: true,
  };
}

/** A set with values; the file that is parsed is taken out of it. */
async function valuedSet(
  folder: string,
  file: string,
): Promise<{ set: ImageSet; sample: Uint8Array<ArrayBuffer> }> {
  await writeValuedSet(folder);
  const set = await openImageSet(folder);
  return { set, sample: await Deno.readFile(join(folder, file)) };
}

function verifyValues(set: ImageSet, values: Awaited<ReturnType<typeof readSetValues>>): void {
  if (values === null) return;
  assert.deepEqual([...values.texts.keys()].sort(), [...set.notions].sort());
  for (const texts of values.texts.values()) assert.equal(texts.length, set.imageFiles.length);
  assert.equal(values.splits.length, set.imageFiles.length);
  assert.ok(values.splits.every((split) => ["train", "val", "test"].includes(split)));
}

/** The header beside a pack. */
export function packHeaders(): Parser<unknown> {
  const wanted = {
    ...{ format: 1 as const, imageSize: 16, count: 3, done: 3, preprocessing: "p", names: "n" },
    ...{
      contents: "c",
      identity: "i",
      bytes: "b",
      unreadable: [{ image: 1, file: "f", reason: "r" }],
    },
  };
  const { identity: _identity, bytes: _bytes, ...old } = wanted;
  const survey = {
    names: "n",
    contents: "c",
    identity: "i",
    missing: new Set<number>(),
    elsewhere: new Map(),
  };
  return {
    name: "pack headers",
    file: "16.pack.json",
    inputs: spoiltJsonFiles([wanted, old]).map((bytes) => ({ bytes })),
    read: (file) => readHeader(file, wanted, survey),
    verify: (found) => {
      if (found === null) return;
      const { done, unreadable } = found as typeof wanted;
      assert.ok(Number.isInteger(done) && done >= 0 && done <= wanted.count, `done is ${done}`);
      for (const { image, file, reason } of unreadable) {
        assert.ok(Number.isInteger(image) && image >= 0 && image < wanted.count, "no image");
        assert.ok(typeof file === "string" && typeof reason === "string", "no reason");
      }
    },
  };
}
