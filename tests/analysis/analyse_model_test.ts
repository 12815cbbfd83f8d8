import assert from "node:assert/strict";
import { analyseModel, analyseSplit } from "../../src/analysis/analyse_model.ts";
import { embedSplit } from "../../src/analysis/embedded_split.ts";
import type { OrdinalAttribute } from "../../src/sets/attribute.ts";
import { join } from "../../src/files/paths.ts";
import { MaskedVectors } from "../../src/statistics/masked_vectors.ts";
import { spearman } from "../../src/statistics/spearman.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";
import { valuedImages, writeValuedSet } from "../helpers/valued_set.ts";

Deno.test("analyseModel() scores own masks as testModel() does, and all that is known of the set's values", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeValuedSet(data);
  const file = await readModelFile(await writeTinyModel(folder.path));
  const warnings: string[] = [];
  const options = { data, listener: { warning: (text: string) => warnings.push(text) } };
  const analysis = await analyseModel(file, options);
  assert.deepEqual(JSON.parse(JSON.stringify(analysis)), analysis, "plain JSON");
  const { model, leakage, overlap, dimensions, ordinal, retrieval, probe } = analysis;
  assert.deepEqual(
    [model.variant, model.notions, model.dimension, model.imageSize, model.data],
    ["fixed", ["shape", "colour"], 8, 16, data],
  );
  assert.deepEqual([analysis.split, analysis.triplets], ["test", [16, 16]]);
  const tested = await testModel(file, { data });
  assert.deepEqual(leakage.columns, ["shape", "colour", "no mask"]);
  tested.notions.forEach(({ accuracy }, row) =>
    assert.ok(Math.abs(leakage.error[row][row] - (1 - accuracy)) < 1e-12)
  );
  assert.deepEqual(leakage.error.map((row) => row.length), [3, 3]);
  // The tiny set's first list compares colours, though it is called shape here, its second shapes.
  const [ofFirst, ofSecond] = leakage.baseline!;
  assert.deepEqual([ofFirst[1], ofSecond[0]], [0, 0]);
  assert.ok(Math.abs(ofFirst[0]! - 0.5) < 0.2 && Math.abs(ofSecond[1]! - 0.5) < 0.2);
  leakage.intervals.forEach((row, of) =>
    row.forEach(({ low, high }, by) => {
      assert.ok(low <= leakage.error[of][by] && leakage.error[of][by] <= high);
    })
  );
  const ofError = leakage.intervals[0][0];
  const ofAccuracy = tested.notions[0].interval;
  assert.ok(Math.abs(ofAccuracy.low - (1 - ofError.high)) < 1e-9);
  assert.ok(Math.abs(ofAccuracy.high - (1 - ofError.low)) < 1e-9);
  const { value, low, high } = leakage.excess![0][1]!;
  assert.ok(Math.abs(value - (ofFirst[1]! - leakage.error[0][1])) < 1e-12);
  assert.ok(low <= value && value <= high);
  assert.deepEqual(overlap, { cosine: [[1, 0], [0, 1]], jaccard: [[1, 0], [0, 1]] });
  assert.deepEqual([dimensions.active, dimensions.unused], [[4, 4], 0]);
  assert.deepEqual(dimensions.removal.map((row) => row.length), [8, 8]);
  assert.deepEqual(dimensions.removal[1].slice(0, 4), [0, 0, 0, 0]);

  const split = await embedSplit(file, { data });
  const { values: steps } = split.values!.attributes.get("colour") as OrdinalAttribute;
  const masked = new MaskedVectors(split.vectors, split.masks[1]);
  const [distances, differences]: number[][] = [[], []];
  split.images.forEach((a, i) =>
    split.images.forEach((b, j) => {
      if (i >= j) return;
      distances.push(masked.squaredDistance(i, j));
      differences.push(Math.abs(steps[a] - steps[b]));
    })
  );
  assert.equal(ordinal.length, 1);
  assert.deepEqual([ordinal[0].notion, ordinal[0].pairs], ["colour", distances.length]);
  assert.ok(Math.abs(ordinal[0].spearman! - spearman(distances, differences)!) < 1e-4);

  assert.deepEqual(retrieval.map(({ notion }) => notion), ["shape", "colour"]);
  const shapes = split.images.includes(5) ? split.images.length - 1 : split.images.length;
  assert.deepEqual([retrieval[0].queries, retrieval[0].gallery], [shapes, shapes - 1]);
  // The colour tells the size, and colours are easily seen, even by a network that learned nothing.
  const [size] = probe;
  assert.deepEqual([probe.length, size.column, size.classes], [1, "size", 3]);
  assert.ok(size.accuracy > size.majority, `${size.accuracy} and ${size.majority}`);
  assert.deepEqual(warnings, []);
  assert.deepEqual(await analyseSplit(file, split, options), analysis);
});

Deno.test("analyseModel() of a set without values tells what triplets tell, and probes for a table's columns", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data);
  const file = await readModelFile(await writeTinyModel(folder.path));
  const plain = await analyseModel(file, { data });
  assert.deepEqual([plain.ordinal, plain.retrieval, plain.probe], [[], [], []]);
  assert.deepEqual([plain.leakage.error.length, plain.leakage.baseline], [2, null]);
  const table = join(folder.path, "more.csv");
  const rows = Array.from({ length: valuedImages }, (_, image) => `${image}.png,c${image % 3},x\n`);
  await Deno.writeTextFile(table, "file,colour,same\n" + rows.join(""));
  const { probe } = await analyseModel(file, { data, probe: { file: table, columns: ["colour"] } });
  assert.deepEqual([probe[0].column, probe[0].classes], ["colour", 3]);
});

Deno.test("analyseModel() leaves out a notion that cannot be probed for with a warning, and refuses such a column of the user's", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeValuedSet(data);
  // Of images outside the test split nothing is known but one size.
  const file = join(data, "attributes.csv");
  const lines = (await Deno.readTextFile(file)).split("\n");
  const emptied = lines.map((line) => {
    const cells = line.split(",");
    return cells[5] === "train" || cells[5] === "val" ? cells.with(3, "s").join(",") : line;
  });
  await Deno.writeTextFile(file, emptied.join("\n"));
  for (const notion of ["shape", "colour"]) {
    for (const split of ["train", "test"]) {
      const list = split === "train" ? "0 1 2\n" : "27 28 29\n30 32 33\n";
      await Deno.writeTextFile(
        join(data, "tripletlists", `${notion}_tripletlist_${split}.txt`),
        list,
      );
    }
  }
  const model = await readModelFile(await writeTinyModel(folder.path));
  const warnings: string[] = [];
  const listener = { warning: (text: string) => warnings.push(text) };
  const { probe } = await analyseModel(model, { data, listener });
  assert.deepEqual(probe, []);
  assert.match(
    warnings.join(),
    /^size is not probed for: it has the one value "0" among the 18 training/,
  );
  await assert.rejects(
    analyseModel(model, { data, probe: { file, columns: ["size"] } }),
    /Cannot probe for column "size" of .*attributes.csv: it has the one value/,
  );
});
