/** A set that is replaced while a run reads or uses it. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { auditSet } from "../../src/sets/audit/audit_set.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { train } from "../../src/training/train.ts";
import type { NewRun } from "../../src/training/train_options.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** Two sets, of other images and triplets; the second takes the first one's place. */
class Sets implements AsyncDisposable {
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  static async make(): Promise<Sets> {
    const sets = new Sets(await TemporaryFolder.make());
    await writeTinySet(sets.at("set"), { triplets: 16 });
    await writeTinySet(sets.at("other"), { triplets: 32, copies: 3 });
    return sets;
  }

  at(path: string): string {
    return join(this.#folder.path, path);
  }

  run(out: string): NewRun {
    const sizes = { imageSize: 16, batchSize: 8, trainTriplets: 16, epochs: 2, dimension: 8 };
    return { data: this.at("set"), out: this.at(out), learningRate: 1e-3, ...sizes };
  }

  /** As `make-triplets --overwrite` does it; the old set is gone. */
  replace(): void {
    Deno.renameSync(this.at("set"), this.at("old"));
    Deno.renameSync(this.at("other"), this.at("set"));
    Deno.removeSync(this.at("old"), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

const replaced =
  /^CsnError: Cannot use the image set .*set: another one was put in its place meanwhile, so what was read may be of both; run it again$/;

Deno.test("train() learns the same to the bit when its set is replaced as soon as it begins", async () => {
  await using sets = await Sets.make();
  await train(sets.run("right"));
  await train({
    ...sets.run("disturbed"),
    onEvent: ({ type }) => type === "start" && sets.replace(),
  });
  const [right, disturbed] = await Promise.all(
    ["right", "disturbed"].map((run) => readModelFile(join(sets.at(run), "model_best"))),
  );
  assert.deepEqual(disturbed.tensors, right.tensors);
  await assert.rejects(
    train({ resume: join(sets.at("disturbed"), "checkpoint"), epochs: 3 }),
    /the triplets of .*set are not those that the run began with/,
  );
});

Deno.test("train() refuses a set that is replaced while it is read", async () => {
  await using sets = await Sets.make();
  let isFirst = true;
  const progress = () => {
    if (isFirst) sets.replace();
    isFirst = false;
  };
  await assert.rejects(train({ ...sets.run("run"), listener: { progress } }), replaced);
});

Deno.test("testModel() and auditSet() refuse a set that is replaced while they read it", async () => {
  await using sets = await Sets.make();
  await train(sets.run("run"));
  const model = await readModelFile(join(sets.at("run"), "model_best"));
  const once = { isDone: false };
  const progress = () => {
    if (!once.isDone) sets.replace();
    once.isDone = true;
  };
  await assert.rejects(testModel(model, { listener: { progress } }), replaced);
  await writeTinySet(sets.at("other"));
  once.isDone = false;
  const set = await openImageSet(sets.at("set"));
  await assert.rejects(auditSet(set, { listener: { progress } }), replaced);
});
