import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import {
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from "../../src/tensor/safetensors.ts";
import {
  type ModelDescription,
  readModelFile,
  writeModelFile,
} from "../../src/model/model_file.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";

Deno.test("readModelFile() reads what writeModelFile() wrote, with or without the ending", async () => {
  await using folder = await TemporaryFolder.make();
  const path = await writeTinyModel(folder.path);
  const file = await readModelFile(path);
  assert.deepEqual([file.info.format, file.info.kind, file.info.notions], [2, "model", [
    "shape",
    "colour",
  ]]);
  assert.deepEqual(await readModelFile(path.replace(".safetensors", "")), file);
});

Deno.test("writeModelFile() refuses what readModelFile() would, and leaves the old file", async () => {
  await using folder = await TemporaryFolder.make();
  const path = await writeTinyModel(folder.path);
  const { info, tensors } = await readModelFile(path);
  const before = await Deno.readFile(path);
  const without = new Map(tensors);
  without.delete("masks.weight");
  const cases: [Partial<ModelDescription>, ReadonlyMap<string, StoredTensor>, RegExp][] = [
    [
      {},
      without,
      /Cannot write the model ".*": the tensor "masks\.weight" is missing; what was there/,
    ],
    [{ dimension: 16 }, tensors, /has shape \[8, 256\], it should be \[16, 256\]/],
    [{ kind: "checkpoint" }, tensors, /"state" is missing in what it says of itself/],
    [{ normalisation: undefined }, tensors, /"normalisation" is missing/],
  ];
  for (const [changes, stored, message] of cases) {
    await assert.rejects(
      writeModelFile(path, { info: { ...info, ...changes } as ModelDescription, tensors: stored }),
      (error: Error) => error.name === "CsnError" && message.test(error.message),
    );
  }
  assert.deepEqual(await Deno.readFile(path), before);
});

Deno.test("readModelFile() takes a model that does not say its fit for one of cropped images", async () => {
  await using folder = await TemporaryFolder.make();
  const path = await changed(folder.path, (info) => void delete info.fit);
  assert.equal((await readModelFile(path)).info.fit, "crop");
});

for (
  const [masks, variant] of [
    ["none", "standard"],
    ["fixed", "fixed"],
    ["learned", "learned"],
    ["learned-prein", "prein"],
  ]
) {
  Deno.test(`readModelFile() reads the masks "${masks}" of an older csn as the variant "${variant}"`, async () => {
    await using folder = await TemporaryFolder.make();
    const older = (words: Info) => {
      delete words.variant;
      Object.assign(words, { masks });
    };
    const path = await changed(folder.path, (info) => {
      older(info);
      older(info.config as Info);
      info.format = 1;
    });
    const { info } = await readModelFile(path);
    assert.deepEqual([info.format, info.variant, info.config.variant], [2, variant, variant]);
    assert.ok(!("masks" in info) && !("masks" in info.config));
  });
}

type Info = Record<string, unknown>;

/** A model file with its description and tensors changed. */
async function changed(
  folder: string,
  change: (info: Info, tensors: Map<string, StoredTensor>) => string | void,
): Promise<string> {
  const { tensors, metadata } = await readSafetensors(await writeTinyModel(folder));
  const info: Info = JSON.parse(metadata.csn);
  const copy = new Map(tensors);
  const text = change(info, copy) ?? JSON.stringify(info);
  const path = join(folder, "changed.safetensors");
  await writeSafetensors(path, copy, { metadata: { csn: text } });
  return path;
}

const cases: [string, Parameters<typeof changed>[1], RegExp][] = [
  ["a description that is no JSON", () => "{format: 1", /what it says of itself is no JSON/],
  ["a description that is nothing", () => "null", /its format is undefined.*reads formats 1 and 2/],
  ["notions that are none", (info) => void (info.notions = null), /"notions" is null/],
  ["no notion", (info) => void (info.notions = []), /"notions" is \[\]/],
  ["a dimension of 0.5", (info) => void (info.dimension = 0.5), /"dimension" is 0\.5/],
  ["an unknown variant", (info) => void (info.variant = "soft"), /"variant" is "soft"/],
  [
    "unknown masks of an older csn",
    (info) => void Object.assign(info, { variant: undefined, masks: "soft", format: 1 }),
    /"variant" is "soft"/,
  ],
  ["no image size", (info) => void (info.imageSize = "16"), /"imageSize" is "16"/],
  ["a normalisation of two", (info) => void (info.normalisation = {}), /"normalisation" is \{\}/],
  [
    "a newer format",
    (info) => void Object.assign(info, { format: 3, csn: "9.0.0" }),
    /csn 9\.0\.0/,
  ],
  [
    "an unknown fit",
    (info) => void (info.fit = "stretch"),
    /"fit" is "stretch", not "crop", "pad"/,
  ],
  ["a description without a variant", (info) => void delete info.variant, /"variant" is missing/],
  [
    "a checkpoint without its state",
    (info) => void Object.assign(info, { kind: "checkpoint" }),
    /"state" is missing/,
  ],
  [
    "fewer tensors than a network has",
    (_info, tensors) => void tensors.delete("backbone.layer2.0.bn1.bias"),
    /the tensor "backbone\.layer2\.0\.bn1\.bias" is missing/,
  ],
  [
    "masks of other notions",
    (info) => void Object.assign(info, { notions: ["shape"] }),
    /"masks\.weight" has shape \[2, 8\], it should be \[1, 8\]/,
  ],
  [
    "an embedding of another dimension",
    (info) => void Object.assign(info, { dimension: 16 }),
    /"backbone\.fc_embed\.weight" has shape \[8, 256\], it should be \[16, 256\]/,
  ],
];

for (const [what, change, message] of cases) {
  Deno.test(`readModelFile() refuses ${what}, by name of the file`, async () => {
    await using folder = await TemporaryFolder.make();
    const path = await changed(folder.path, change);
    await assert.rejects(readModelFile(path), (error: Error) => {
      assert.equal(error.name, "CsnError");
      assert.match(error.message, message);
      assert.ok(error.message.includes(path));
      return true;
    });
  });
}
