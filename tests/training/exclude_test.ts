/** Training without the triplets that somebody called wrong. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { start } from "../../src/native/start.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { addCheckedTriplet } from "../../src/sets/checked_triplets.ts";
import { readTripletList, tripletListPath } from "../../src/sets/triplet_list.ts";
import { readSafetensors } from "../../src/tensor/safetensors.ts";
import { train } from "../../src/training/train.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

await start();
const made = await TemporaryFolder.make();
const data = join(made.path, "set");
await writeTinySet(data);
const training = await triplets("colour");

async function triplets(notion: string): Promise<[number, number, number][]> {
  const all = await readTripletList(tripletListPath(data, { notion, split: "train" }), 36);
  return Array.from(
    { length: all.length / 3 },
    (_, at) => [all[3 * at], all[3 * at + 1], all[3 * at + 2]],
  );
}

/** A list that calls some training triplets of colour wrong. */
async function listOf(name: string, places: readonly number[]): Promise<string> {
  const file = join(made.path, name);
  for (const place of places) await mark(file, training[place]);
  return file;
}

async function mark(
  file: string,
  images: readonly [number, number, number],
  names?: readonly [string, string, string],
): Promise<void> {
  await addCheckedTriplet(file, { notion: "colour", images, names, is: "wrong" });
}

const settings = { imageSize: 16, batchSize: 16, epochs: 1, seed: 1 } as const;

/** What a run says of itself. */
function trained(name: string, exclude: string | undefined, more = {}) {
  const notices: string[] = [];
  const out = join(made.path, name);
  const listener = { notice: (text: string) => void notices.push(text) };
  return train({ data, out, ...settings, exclude, listener, ...more }).then(() => notices);
}

Deno.test("train() leaves out the training triplets that a list calls wrong, and says how many", async () => {
  const file = await listOf("some.jsonl", [0, 1, 2]);
  // Each line of a triplet that is listed twice.
  const lines =
    training.filter((one) => [0, 1, 2].some((place) => training[place].join() === one.join()))
      .length;
  assert.ok(
    (await trained("some", file)).includes(
      `training triplets that ${file} calls wrong are left out: ${lines} of 64 of colour (it names 3); validation and test lists stay as they are`,
    ),
  );
  const { info } = await readModelFile(join(made.path, "some", "checkpoint"));
  assert.equal(info.config.exclude!.file, file);
  assert.equal(info.state!.epoch, 2);
  // Other triplets, other weights.
  await trained("all", undefined);
  const [some, all] = await Promise.all(
    ["some", "all"].map((name) => readSafetensors(join(made.path, name, "model_best.safetensors"))),
  );
  assert.notDeepEqual(some.tensors, all.tensors);
});

Deno.test("train() goes on with the list as it was when the run began, however it grew since", async () => {
  const file = await listOf("growing.jsonl", [3, 4]);
  await trained("straight", file, { epochs: 2 });
  await trained("broken", file);
  await mark(file, training[5]);
  const resume = join(made.path, "broken", "checkpoint");
  await train({ resume, epochs: 2 });
  const [straight, broken] = await Promise.all(
    ["straight", "broken"].map((name) =>
      readSafetensors(join(made.path, name, "checkpoint.safetensors"))
    ),
  );
  assert.deepEqual(broken.tensors, straight.tensors);
  // The same list elsewhere is the same list; another one is not.
  await Deno.rename(file, join(made.path, "moved.jsonl"));
  await assert.rejects(
    train({ resume, epochs: 3 }),
    /growing.jsonl: .*pass its path with `exclude`/,
  );
  await assert.rejects(
    train({ resume, epochs: 3, exclude: await listOf("another.jsonl", [9]) }),
    /with other settings: `exclude` is .*growing.jsonl there, not .*another.jsonl/,
  );
  await train({ resume, epochs: 3, exclude: join(made.path, "moved.jsonl") });
  await Deno.writeTextFile(join(made.path, "moved.jsonl"), "");
  await assert.rejects(
    train({ resume, epochs: 4 }),
    /moved.jsonl: its first \d+ bytes are not those that the run began with; bring them back/,
  );
});

Deno.test("train() refuses a list that leaves nothing out, or is about other images", async () => {
  const none = join(made.path, "none.jsonl");
  await mark(none, [1, 2, 3]);
  await assert.rejects(
    trained("none", none),
    /none of the 1 that it calls wrong is in the train lists of colour, shape in /,
  );
  const right = join(made.path, "right.jsonl");
  await addCheckedTriplet(right, { notion: "colour", images: training[0], is: "right" });
  await assert.rejects(trained("right", right), /right.jsonl: it calls none wrong; pass another/);
  const others = join(made.path, "others.jsonl");
  await mark(others, training[0], ["x.png", "y.png", "z.png"]);
  await assert.rejects(
    trained("others", others),
    /1 of its 1 are about other images than those of .*set \(image \d+ was x.png, and is \d+.png\)/,
  );
  await assert.rejects(
    trained("gone", join(made.path, "gone.jsonl")),
    /gone.jsonl: .*pass its path with `exclude`/,
  );
});

Deno.test("train --exclude is an option of the command line", async () => {
  const file = await listOf("told.jsonl", [7]);
  const { code, stdout, stderr } = await runCli([
    ...["train", "--data", data, "--runs", made.path, "--name", "told", "--exclude", file],
    ...["--image-size", "16", "--batch-size", "16", "--epochs", "1"],
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout + stderr, /told.jsonl calls wrong are left out: \d of 64 of colour/);
});

globalThis.addEventListener("unload", () => Deno.removeSync(made.path, { recursive: true }));
