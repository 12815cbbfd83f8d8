import assert from "node:assert/strict";
import { auditSet } from "../../src/sets/audit/audit_set.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { makeTriplets } from "../../src/sets/make/make_triplets.ts";
import { readSetValues } from "../../src/sets/set_values.ts";
import { join } from "../../src/files/paths.ts";
import { writeEmptyImages } from "../helpers/table_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";

const count = 60;

/** A set whose images have a colour, materials and a size in three bins. */
async function buildSet(root: string): Promise<string> {
  await writeEmptyImages(join(root, "images"), count);
  const rows = Array.from(
    { length: count },
    (_, i) =>
      [`${i}.jpg`, ["red", "blue"][i % 2], i === 4 ? "" : `m${i % 3};m${i % 4}`, i * i].join(","),
  );
  await Deno.writeTextFile(
    join(root, "table.csv"),
    ["image,colour,material,size", ...rows].join("\n"),
  );
  await makeTriplets(join(root, "set"), {
    images: join(root, "images"),
    attributes: join(root, "table.csv"),
    rules: {
      colour: {},
      material: { type: "multi", separator: ";" },
      size: { type: "numeric", quantiles: 3, alike: 0, unlike: 2 },
    },
    triplets: { train: 20, val: 5, test: 5 },
  });
  return join(root, "set");
}

Deno.test("readSetValues() reads what the lists were drawn from", async () => {
  await using folder = await TemporaryFolder.make();
  const values = await readSetValues(await openImageSet(await buildSet(folder.path)));
  const colour = values!.attributes.get("colour")!;
  assert.deepEqual([colour.kind, colour.values.slice(0, 3)], ["categorical", [
    "red",
    "blue",
    "red",
  ]]);
  const material = values!.attributes.get("material")!;
  assert.deepEqual(material.values.slice(3, 6), [["m0", "m3"], [], ["m1", "m2"]]);
  const size = values!.attributes.get("size")!;
  assert.deepEqual(
    [size.values[0], size.values[30], size.values[59], size.kind === "ordinal" && size.unlike],
    [0, 1, 2, 2],
  );
  assert.equal(values!.splits.filter((split) => split === "train").length, 42);
  assert.equal(values!.texts.get("size")![7], "49");
});

Deno.test("readSetValues() finds none in a set of lists alone", async () => {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"));
  assert.equal(await readSetValues(await openImageSet(join(folder.path, "set"))), null);
});

Deno.test("readSetValues() refuses values of other images", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await buildSet(folder.path);
  const file = join(set, "attributes.csv");
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, text.replace("\n7.jpg", "\n8.jpg"));
  await assert.rejects(
    readSetValues(await openImageSet(set)),
    /rows are not the images of .*filenames\.json, from image 7 on; build the set again/,
  );
});

for (
  const [what, change, line] of [
    ["nothing", () => null, null],
    ["rules that are none", () => ({ rules: 1 }), /rules in .*set\.json: they are no JSON object/],
    ["an unknown type", () => rules({ type: "x" }), /set\.json: column "colour": "type" is "x"/],
    ["a rule without its name", () => rules({ name: undefined }), /column "colour" has no "name"/],
    ["a rule without its type", () => rules({ type: undefined }), /column "colour" has no "type"/],
    [
      "a rule without its order",
      () => rules({ type: "ordinal", alike: 0, unlike: 1 }),
      /column "colour" has no "order"/,
    ],
  ] as const
) {
  Deno.test(`readSetValues() ${line === null ? "finds" : "refuses"} ${what} in set.json`, async () => {
    await using folder = await TemporaryFolder.make();
    await writeValuedSet(folder.path);
    const set = await openImageSet(folder.path);
    const file = join(folder.path, "set.json");
    const described = JSON.parse(await Deno.readTextFile(file));
    const made = change();
    await Deno.writeTextFile(file, JSON.stringify(made === null ? null : { ...described, made }));
    if (line === null) return assert.equal(await readSetValues(set), null);
    await assert.rejects(readSetValues(set), { name: "CsnError", message: line });
  });
}

function rules(changes: Record<string, unknown>) {
  return { rules: { colour: { type: "categorical", name: "colour", ...changes } } };
}

Deno.test("readSetValues() refuses a split that is none, with its line", async () => {
  await using folder = await TemporaryFolder.make();
  await writeValuedSet(folder.path);
  const file = join(folder.path, "attributes.csv");
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, text.replace("train", "trian"));
  await assert.rejects(
    async () => await readSetValues(await openImageSet(folder.path)),
    {
      name: "CsnError",
      message: /attributes\.csv:2, column "split": "trian" is none of train, val/,
    },
  );
});

Deno.test("readSetValues() refuses an early set whose values hold the separator of its lists", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await buildSet(folder.path);
  const described = JSON.parse(await Deno.readTextFile(join(set, "set.json")));
  described.report.notions[1].values[0].value = "Tops; Tees";
  await Deno.writeTextFile(join(set, "set.json"), JSON.stringify(described));
  const opened = await openImageSet(set);
  await assert.rejects(
    readSetValues(opened),
    /^CsnError: Cannot use .*attributes\.csv: 1 of the 4 values of the notion "material" hold ";", which separates its lists there \("Tops; Tees"\); build the set again$/,
  );
  const { report } = await auditSet(opened, { pictures: false });
  assert.equal(report.ok, false);
  assert.match(report.notExamined.join(), /^whether lists and values agree: .*"Tops; Tees"/);
});
