/** A model with a taught notion, where a set has no triplets of it. */
import assert from "node:assert/strict";
import { analyseModel } from "../../src/analysis/analyse_model.ts";
import { calibrateModel } from "../../src/analysis/calibrate_model.ts";
import { storeCalibration } from "../../src/analysis/store_calibration.ts";
import { join } from "../../src/files/paths.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { notionsOnSet } from "../../src/model/model_on_set.ts";
import { findSuspects } from "../../src/model/suspects.ts";
import { makeReport } from "../../src/report/make_report.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { tripletListPath } from "../../src/sets/triplet_list.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTaughtModel, writeTinyModel } from "../helpers/tiny_model.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";

async function taughtCase() {
  const folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeValuedSet(data, 256);
  const plain = await writeTinyModel(folder.path);
  const path = await writeTaughtModel(folder.path, plain);
  const notices: string[] = [];
  return {
    ...{ folder, data, plain, path, notices },
    listener: { notice: (text: string) => notices.push(text) },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

Deno.test("testModel() tests a taught model by the notions that the set has, and says what of the others is known", async () => {
  await using given = await taughtCase();
  const { data, path, plain, listener, notices } = given;
  const found = await testModel(await readModelFile(path), { data, listener });
  const before = await testModel(await readModelFile(plain), { data });
  assert.deepEqual(
    found.notions.map(({ name, accuracy }) => [name, accuracy]),
    before.notions.map(({ name, accuracy }) => [name, accuracy]),
  );
  assert.equal(found.accuracy, before.accuracy);
  assert.deepEqual(found.taughtElsewhere.map(({ notion }) => notion), ["elegance"]);
  assert.match(
    notices.join("\n"),
    /^elegance was taught by 120 answers: right of \d+\.\d % \(\d+\.\d to \d+\.\d\) of what was left out; learned; .* has no lists of it, so it is left out here$/m,
  );
});

Deno.test("testModel() tests a taught notion that the set has lists of, and says what may be wrong with that", async () => {
  await using given = await taughtCase();
  const { data, path, listener, notices } = given;
  const described = JSON.parse(await Deno.readTextFile(join(data, "set.json")));
  described.notions.push("elegance");
  delete described.made;
  await Deno.writeTextFile(join(data, "set.json"), JSON.stringify(described));
  for (const split of ["train", "val", "test"] as const) {
    await Deno.copyFile(
      tripletListPath(data, { notion: "shape", split }),
      tripletListPath(data, { notion: "elegance", split }),
    );
  }
  const { notions, taughtElsewhere } = await testModel(await readModelFile(path), {
    data,
    listener,
  });
  assert.deepEqual(notions.map(({ name }) => name), ["shape", "colour", "elegance"]);
  assert.deepEqual(taughtElsewhere, []);
  assert.match(
    notices.join("\n"),
    /^elegance was taught: if its answers were about images that are measured here, its accuracy here is too high$/m,
  );
});

Deno.test("a taught model is analysed, looked over for suspects and calibrated by the notions that the set has", async () => {
  await using given = await taughtCase();
  const { data, path } = given;
  const file = await readModelFile(path);
  const { model, masks } = await analyseModel(file, { data });
  assert.deepEqual([model.notions, masks.length], [["shape", "colour"], 2]);
  const suspects = await findSuspects(file, { data, splits: ["train"] });
  assert.deepEqual(new Set(suspects.map(({ notion }) => notion)), new Set(["shape", "colour"]));
  const calibration = await calibrateModel(file, { data, split: "train" });
  await storeCalibration(path, calibration);
  const { info } = await readModelFile(path);
  assert.deepEqual(info.calibration!.notions.map(({ notion }) => notion), ["shape", "colour"]);
  assert.deepEqual(info.taught, file.info.taught);
});

Deno.test("makeReport() says what a notion was taught by", async () => {
  await using given = await taughtCase();
  const { folder, data, path } = given;
  const out = join(folder.path, "page.html");
  const { page } = await makeReport(await readModelFile(path), { data, out, mapImages: 12 });
  const html = await Deno.readTextFile(page);
  assert.match(html, /<dt>notions<\/dt><dd>shape, colour, elegance<\/dd>/);
  assert.match(html, /<dt>taught<\/dt><dd>elegance was taught by 120 answers: right of /);
});

Deno.test("testModel() still refuses a set without a notion that the model was trained on", async () => {
  await using given = await taughtCase();
  const { data, path } = given;
  const described = JSON.parse(await Deno.readTextFile(join(data, "set.json")));
  described.notions = ["colour"];
  await Deno.writeTextFile(join(data, "set.json"), JSON.stringify(described));
  await assert.rejects(
    testModel(await readModelFile(path), { data }),
    /the set has colour; pass `data` with a set that has shape$/,
  );
});

Deno.test("notionsOnSet() leaves out what was taught and the set does not have, and nothing else", async () => {
  await using given = await taughtCase();
  const { data, path } = given;
  const { info } = await readModelFile(path);
  const set = await openImageSet(data);
  assert.deepEqual(notionsOnSet(info, set), ["shape", "colour"]);
  const others = { ...set, notions: ["colour", "elegance"] };
  assert.deepEqual(notionsOnSet(info, others), ["shape", "colour", "elegance"]);
});
