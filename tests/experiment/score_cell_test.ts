import assert from "node:assert/strict";
import { keptOutcomes, scoreCell } from "../../src/experiment/score_cell.ts";
import { onCpu } from "../../src/network/placement.ts";
import { loadTestTriplets, type TestTriplets } from "../../src/experiment/flipped_triplets.ts";
import { sha256 } from "../../src/files/sha256.ts";
import { join } from "../../src/files/paths.ts";
import { modelPath } from "../../src/model/model_file.ts";
import { writeSafetensors } from "../../src/tensor/safetensors.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const bytes = Uint8Array.of(0, 1, 2, 0);
const model = new TextEncoder().encode("weights");

/** What is asked for: four triplets, of images of this digest. */
function asked(triplets: string, images: string | null, count = 4): TestTriplets {
  return {
    triplets: { notion: new Uint8Array(count) },
    digest: triplets,
    pack: { bytes: images },
  } as TestTriplets;
}

/** A folder with a model, and outcomes that were measured of triplets "t" of images "i". */
async function scored(): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  await Deno.writeFile(modelPath(folder.path, "model_best"), model);
  await writeSafetensors(
    join(folder.path, "scores.safetensors"),
    new Map([["outcomes", { dtype: "uint8", shape: [4], bytes }]]),
    { metadata: { triplets: "t", model: sha256(model), images: "i" } },
  );
  return folder;
}

Deno.test("keptOutcomes() gives what was measured of these triplets, images and weights", async () => {
  await using folder = await scored();
  assert.deepEqual(await keptOutcomes(folder.path, asked("t", "i")), bytes);
  // Of a pack that does not say from which files it was made, nothing else is known.
  assert.deepEqual(await keptOutcomes(folder.path, asked("t", null)), bytes);
});

Deno.test("keptOutcomes() gives none of other triplets, images or weights", async () => {
  await using folder = await scored();
  assert.equal(await keptOutcomes(folder.path, asked("u", "i")), null);
  assert.equal(await keptOutcomes(folder.path, asked("t", "j")), null);
  assert.equal(await keptOutcomes(folder.path, asked("t", "i", 5)), null);
  await Deno.writeTextFile(modelPath(folder.path, "model_best"), "other weights");
  assert.equal(await keptOutcomes(folder.path, asked("t", "i")), null);
  await Deno.remove(modelPath(folder.path, "model_best"));
  assert.equal(await keptOutcomes(folder.path, asked("t", "i")), null);
});

Deno.test("scoreCell() refuses a set that was replaced since its triplets were read", async () => {
  await using folder = await TemporaryFolder.make();
  const at = (path: string) => join(folder.path, path);
  await writeTinySet(at("set"));
  const config = { ...defaultConfig, data: at("set"), notions: ["colour"], imageSize: 8 };
  const test = await loadTestTriplets(config, {});
  await Deno.rename(at("set"), at("old"));
  await writeTinySet(at("set"), { copies: 3 });
  await assert.rejects(
    scoreCell(at("run"), test, { placement: onCpu }),
    /^CsnError: Cannot use the image set .*set: another one was put in its place meanwhile/,
  );
});
