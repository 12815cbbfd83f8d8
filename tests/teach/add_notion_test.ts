import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { Model } from "../../src/model/model.ts";
import { readModelFile, writeModelFile } from "../../src/model/model_file.ts";
import { addNotion } from "../../src/teach/add_notion.ts";
import { fitNotion } from "../../src/teach/fit_notion.ts";
import { plantNotion } from "../helpers/planted_notion.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";

const { embeddings, triplets } = plantNotion([2, 5]);
const fit = fitNotion(embeddings, triplets);
const elegance = { notion: "elegance", fit, from: "triplets", seed: 1 } as const;

for (const variant of ["standard", "fixed", "learned", "prein"] as const) {
  Deno.test(`addNotion() adds a mask to a copy of a model of the variant ${variant}; all else is equal to the bit`, async () => {
    await using folder = await TemporaryFolder.make();
    const path = await writeTinyModel(folder.path, 1, { variant });
    const bytes = await Deno.readFile(path);
    const before = await readModelFile(path);
    const out = await addNotion(before, elegance, { out: join(folder.path, "more") });
    assert.equal(out, join(folder.path, "more.safetensors"));
    assert.deepEqual(await Deno.readFile(path), bytes);
    const after = await readModelFile(out);
    assert.deepEqual([...after.tensors.keys()].sort(), [...before.tensors.keys()].sort());
    for (const [name, { dtype, shape, bytes }] of before.tensors) {
      const now = after.tensors.get(name)!;
      assert.equal(now.dtype, dtype);
      if (name === "masks.weight") continue;
      assert.deepEqual([now.shape, now.bytes], [shape, bytes]);
    }
    const [masks, more] = [before, after].map(({ tensors }) => tensors.get("masks.weight")!);
    assert.deepEqual(more.shape, [3, 8]);
    assert.deepEqual(more.bytes.subarray(0, masks.bytes.length), masks.bytes);
    using model = new Model(after);
    assert.deepEqual(model.notions, ["shape", "colour", "elegance"]);
    assert.deepEqual(model.mask("elegance"), fit.mask);
    const { taught, notions: _, ...rest } = after.info;
    const { notions: __, ...restBefore } = before.info;
    assert.deepEqual(rest, restBefore);
    assert.deepEqual(taught, [{
      notion: "elegance",
      from: "triplets",
      answers: 120,
      images: fit.images,
      contradictions: 0,
      accuracy: fit.accuracy,
      best: null,
      verdict: "learned",
      penalty: fit.penalty,
      seed: 1,
    }]);
  });
}

Deno.test("addNotion() adds a second notion, and the same again gives the same bytes", async () => {
  await using folder = await TemporaryFolder.make();
  const path = await writeTinyModel(folder.path);
  const at = (name: string) => ({ out: join(folder.path, name) });
  const one = await addNotion(await readModelFile(path), elegance, at("one"));
  const more = { ...elegance, notion: "beauty" };
  const two = await addNotion(await readModelFile(one), more, at("two"));
  const again = await addNotion(await readModelFile(one), more, at("again"));
  const { info } = await readModelFile(two);
  assert.deepEqual(info.notions, ["shape", "colour", "elegance", "beauty"]);
  assert.deepEqual(info.taught!.map(({ notion }) => notion), ["elegance", "beauty"]);
  assert.deepEqual(await Deno.readFile(again), await Deno.readFile(two));
});

Deno.test("addNotion() refuses a name that the model has, one that clashes, and what is no name", async () => {
  await using folder = await TemporaryFolder.make();
  const file = await readModelFile(await writeTinyModel(folder.path));
  const refused = (notion: string, message: RegExp) =>
    assert.rejects(
      addNotion(file, { ...elegance, notion }, { out: join(folder.path, "x") }),
      message,
    );
  await refused("shape", /^UsageError: .* it has a notion of that name \(shape, colour\); choose/);
  await refused("Shape", /the notions "shape" and "Shape" differ only in case/);
  await refused("all", /a notion is called "all", as the row of all notions is in every table/);
  for (const name of ["", "a/b", "a b", "-x", "a\nb"]) {
    await refused(name, /a name has letters, digits, "_", "-" and "\."; choose such a name$/);
  }
});

Deno.test("addNotion() refuses the model's own file, by any name, and a file that lies there", async () => {
  await using folder = await TemporaryFolder.make();
  const path = await writeTinyModel(folder.path);
  const file = await readModelFile(path);
  const bytes = await Deno.readFile(path);
  await Deno.link(path, join(folder.path, "same.safetensors"));
  for (const name of ["model", "model.safetensors", "same"]) {
    await assert.rejects(
      addNotion(file, elegance, { out: join(folder.path, name), overwrite: true }),
      /^CsnError: .*: it is the model itself, which stays as it is; choose another file with `out`$/,
    );
  }
  await writeModelFile(join(folder.path, "other.safetensors"), file);
  const out = join(folder.path, "other");
  await assert.rejects(addNotion(file, elegance, { out }), /a file lies there/);
  await addNotion(file, elegance, { out, overwrite: true });
  assert.deepEqual(await Deno.readFile(path), bytes);
});

Deno.test("addNotion() refuses specialists, checkpoints, other dimensions and masks of 0", async () => {
  await using folder = await TemporaryFolder.make();
  const to = { out: join(folder.path, "x") };
  const file = await readModelFile(await writeTinyModel(folder.path));
  const specialists = await readModelFile(
    await writeTinyModel(folder.path, 1, { variant: "specialists" }),
  );
  await assert.rejects(
    addNotion(specialists, elegance, to),
    /each notion of this model has a network of its own, and what is taught has none/,
  );
  const checkpoint = { ...file, info: { ...file.info, kind: "checkpoint" as const } };
  await assert.rejects(addNotion(checkpoint, elegance, to), /it is a checkpoint, .*model_best$/);
  const with7 = { ...elegance, fit: { ...fit, mask: fit.mask.subarray(1) } };
  await assert.rejects(addNotion(file, with7, to), /mask has 7 dimensions, the model has 8/);
  const with0 = { ...elegance, fit: { ...fit, mask: new Float32Array(8) } };
  await assert.rejects(addNotion(file, with0, to), /no dimension tells its near images from/);
  assert.deepEqual(await Deno.stat(`${to.out}.safetensors`).catch(() => null), null);
});

Deno.test("readModelFile() refuses a file that says wrong things of what was taught", async () => {
  await using folder = await TemporaryFolder.make();
  const file = await readModelFile(await writeTinyModel(folder.path));
  const out = await addNotion(file, elegance, { out: join(folder.path, "more") });
  const { info, tensors } = await readModelFile(out);
  const [taught] = info.taught!;
  const noAccuracy = { ...taught, accuracy: { ...taught.accuracy, low: NaN } };
  for (const wrong of [{ ...taught, notion: "heel" }, noAccuracy]) {
    await assert.rejects(
      writeModelFile(out, { info: { ...info, taught: [wrong] }, tensors }),
      /"taught" is .* in what it says of itself/,
    );
  }
});
