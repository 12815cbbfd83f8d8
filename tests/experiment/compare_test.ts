/** Comparisons and sweeps of tiny networks, from training to the files. */
import assert from "node:assert/strict";
import { compare, type CompareOptions } from "../../src/experiment/compare.ts";
import { paperVariants, resolveExperiment } from "../../src/experiment/experiment_options.ts";
import { tie } from "../../src/experiment/outcomes.ts";
import type { ExperimentEvent } from "../../src/experiment/run_cell.ts";
import { scoreCell } from "../../src/experiment/score_cell.ts";
import { sweep } from "../../src/experiment/sweep.ts";
import { loadTestTriplets } from "../../src/experiment/flipped_triplets.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { onCpu } from "../../src/network/placement.ts";
import { join } from "../../src/files/paths.ts";
import type { Comparison } from "../../src/experiment/comparison.ts";
import { modelPath, readModelFile, writeModelFile } from "../../src/model/model_file.ts";
import { defaultSettings } from "../../src/model/config.ts";
import { newConfig } from "../../src/training/new_config.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** Two batches an epoch. */
const small = {
  imageSize: 16,
  batchSize: 16,
  epochs: 1,
  learningRate: 1e-3,
  dimension: 8,
  precision: "float32",
} as const;

type GivenOptions = CompareOptions & Required<Pick<CompareOptions, "variants" | "seeds">>;

async function withOptions(
  test: (options: GivenOptions, events: ExperimentEvent[]) => Promise<void>,
): Promise<void> {
  await using root = await TemporaryFolder.make();
  const data = join(root.path, "set");
  await writeTinySet(data);
  const events: ExperimentEvent[] = [];
  await test({
    data,
    out: join(root.path, "compare-tiny"),
    ...small,
    variants: ["fixed", "standard"],
    seeds: [1, 2],
    triplets: 16,
    command: "deno task compare",
    onEvent: (event) => events.push(event),
  }, events);
}

/** Cells that were trained: those that began. */
function begun(events: readonly ExperimentEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "train" && event.event.type === "start" ? [event.cell.name] : []
  );
}

function withoutSeconds(comparison: Comparison | null): unknown {
  return JSON.parse(
    JSON.stringify(comparison, (key, value) => key === "seconds" ? undefined : value),
  );
}

Deno.test("compare() trains every cell once, writes what it returns, and trains only a seed that is added", () =>
  withOptions(async (options, events) => {
    const first = (await compare(options))!;
    assert.deepEqual(begun(events), [
      "standard-seed1",
      "fixed-seed1",
      "standard-seed2",
      "fixed-seed2",
    ]);
    const text = await Deno.readTextFile(join(options.out, "compare.json"));
    assert.deepEqual(JSON.parse(text), first);
    const csv = await Deno.readTextFile(join(options.out, "compare.csv"));
    assert.ok(csv.startsWith("variant,minus,seed,notion,error,"));
    assert.deepEqual(
      first.variants.map(({ seeds }) => seeds.map(({ trainTriplets }) => trainTriplets)),
      [
        [32, 32],
        [32, 32],
      ],
    );
    assert.equal(first.variants[0].seeds[0].embeddedImages, 3 * 32);

    events.length = 0;
    assert.deepEqual(await compare(options), first);
    assert.deepEqual(begun(events), []);
    assert.ok(!events.some(({ type }) => type === "train"));

    const more = (await compare({ ...options, seeds: [1, 2, 3] }))!;
    assert.deepEqual(begun(events), ["standard-seed3", "fixed-seed3"]);
    assert.deepEqual(more.variants[0].seeds.slice(0, 2), first.variants[0].seeds);
  }));

Deno.test("compare() warns of test images that kept cells were trained on, by name of the cell", () =>
  withOptions(async (options) => {
    await compare({ ...options, seeds: [1], variants: ["fixed"] });
    const warnings: string[] = [];
    // The cell is there already and its outcomes too; the tiny set's splits share their images.
    await compare({
      ...options,
      ...{ seeds: [1], variants: ["fixed"] },
      listener: { warning: (text) => warnings.push(text) },
    });
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0],
      /^fixed-seed1: \d+ of the \d+ images of the test split were training images/,
    );
  }));

Deno.test("compare() interrupted in a cell returns null and goes on to the same result", () =>
  withOptions(async (options, events) => {
    const straight = await compare({ ...options, out: options.out + "-straight" });
    const controller = new AbortController();
    const stopped = await compare({
      ...options,
      signal: controller.signal,
      onEvent: (event) => {
        const isStep = event.type === "train" && event.event.type === "step";
        if (isStep && event.cell.name === "fixed-seed1") controller.abort();
      },
    });
    assert.equal(stopped, null);
    events.length = 0;
    const gone = await compare(options);
    assert.deepEqual(begun(events), ["fixed-seed1", "standard-seed2", "fixed-seed2"]);
    const steps = events.filter((event) =>
      event.type === "train" && event.event.type === "step" && event.cell.name === "fixed-seed1"
    );
    assert.equal(steps.length, 1, "the batch that was trained is not trained again");
    assert.deepEqual(withoutSeconds(gone), withoutSeconds(straight));
  }));

Deno.test("compare() refuses cells that were trained otherwise before it trains any, and replaces them on request", () =>
  withOptions(async (options, events) => {
    const [one] = options.variants;
    await compare({ ...options, variants: [one], seeds: [2] });
    events.length = 0;
    const other = { ...options, learningRate: 2e-3 };
    await assert.rejects(
      compare(other),
      /fixed-seed2 .* other settings \(learningRate is 0\.001 there, not 0\.002\); .*`out`.*`overwrite: true`/,
    );
    assert.deepEqual(events, []);
    await compare({ ...other, overwrite: true });
    assert.equal(begun(events).length, 4);
    events.length = 0;
    await compare({ ...other, overwrite: true });
    assert.deepEqual(begun(events), []);
  }));

Deno.test("compare() goes on with runs whose config.json says the masks in an older csn's words", () =>
  withOptions(async (options) => {
    const asked = { ...options, variants: ["standard"] as const, seeds: [1] };
    await compare(asked);
    const file = join(options.out, "standard-seed1", "config.json");
    const { variant: _variant, ...config } = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(file, JSON.stringify({ ...config, masks: "none" }));
    const events: ExperimentEvent[] = [];
    await compare({ ...asked, onEvent: (event) => events.push(event) });
    assert.deepEqual(begun(events), []);
  }));

Deno.test("compare() takes as many triplets as the shortest list has, and refuses more", () =>
  withOptions(async (options) => {
    const asked = { ...options, variants: ["fixed"] as const, seeds: [1] };
    await assert.rejects(
      compare({ ...asked, triplets: 65 }),
      /has 64; name at most 64 with `triplets`$/,
    );
    const made = await compare({ ...asked, triplets: undefined });
    assert.equal(made!.trainTriplets, 64);
  }));

for (const [kind, run] of [["compare", compare], ["sweep", sweep]] as const) {
  Deno.test(`${kind}() refuses options of the wrong type, and names what it takes`, async () => {
    // As a program in JavaScript may give them.
    const given = { data: "set", out: "runs" };
    const wrong = [
      [{ ...given, out: undefined }, /^Cannot .*: `out` is missing; an experiment needs `data`/],
      [{ ...given, seeds: 3 }, /^Cannot .* with `seeds` 3: it must be a list of whole numbers, /],
      [{ ...given, triplets: "8" }, /^Cannot .* with `triplets` "8": it must be a .*whole number/],
      [{ ...given, triplets: [] }, /^Cannot .* with `triplets` \[\]: it must be a .*whole number/],
    ] as const;
    for (const [options, message] of wrong) {
      await assert.rejects(run(options as never), { name: "UsageError", message });
    }
  });
}

Deno.test("scoreCell() finds the errors that test finds, though half of the triplets are flipped", () =>
  withOptions(async (options) => {
    const { variants: [{ seeds: [seed] }] } =
      (await compare({ ...options, variants: ["learned"], seeds: [1] }))!;
    const file = await readModelFile(
      modelPath(join(options.out, "learned-seed1"), "model_best"),
    );
    const { accuracy, notions } = await testModel(file);
    assert.equal(seed.ties, 0);
    assert.ok(accuracy > 0.5 && accuracy < 1, "both outcomes must occur");
    assert.ok(Math.abs(1 - accuracy - seed.error) < 1e-12);
    notions.forEach((notion, row) => {
      assert.ok(Math.abs(1 - notion.accuracy - seed.notions[row]) < 1e-12);
    });
  }));

Deno.test("scoreCell() finds nothing but ties where all embeddings are equal, and keeps what it found", () =>
  withOptions(async (options) => {
    const { folder, common } = await resolveExperiment(options);
    const shape = { notions: common.notions, dimension: 8, variant: "fixed" } as const;
    const path = join(folder, "equal");
    await Deno.mkdir(path, { recursive: true });
    const write = async (seed: number, isMasked: boolean) => {
      const tensors = initialTensors(shape, seed);
      if (isMasked) tensors.get("masks.weight")!.bytes.fill(0);
      await writeModelFile(modelPath(path, "model_best"), {
        info: {
          ...shape,
          kind: "model",
          libtorch: "2.13.0",
          imageSize: 16,
          normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
          config: { ...common, ...shape, name: "equal", seed: 1, trainTriplets: 32 },
          epoch: 1,
          accuracy: 0.5,
        },
        tensors,
      });
    };
    const test = await loadTestTriplets(common, {});
    const embedded: string[] = [];
    const score = () =>
      scoreCell(path, test, {
        placement: onCpu,
        listener: { progress: ({ what }) => embedded.push(what) },
      });
    await write(1, true);
    const { outcomes } = await score();
    assert.equal(outcomes.length, 32);
    assert.ok(outcomes.every((outcome) => outcome === tie));

    embedded.length = 0;
    assert.deepEqual((await score()).outcomes, outcomes);
    assert.deepEqual(embedded, []);
    // A picture that is replaced is seen.
    const image = join(common.data, "images", "3.png");
    await Deno.copyFile(join(common.data, "images", "7.png"), image);
    const heard = new Set<string>();
    await scoreCell(path, await loadTestTriplets(common, {}), {
      placement: onCpu,
      listener: { progress: ({ what }) => heard.add(what) },
    });
    assert.deepEqual([...heard], ["Embedding images"]);
    // Another model in the same folder is tested anew.
    await write(1, false);
    assert.ok(!(await score()).outcomes.includes(tie));
    assert.notDeepEqual(embedded, []);
  }));

Deno.test("compare() does not compare a cell whose images became squares in another way", () =>
  withOptions(async (options) => {
    const asked = { ...options, variants: ["fixed"] as const, seeds: [1] };
    await compare(asked);
    const file = join(options.data, "set.json");
    const description = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(file, JSON.stringify({ ...description, fit: "pad" }));
    await assert.rejects(compare(asked), {
      name: "CsnError",
      message:
        /fixed-seed1 for this experiment: .*the fit "crop", those of .* have "pad:#ffffff"; /,
    });
  }));

Deno.test("sweep() trains each size and seed once and writes its points", () =>
  withOptions(async (options, events) => {
    const asked = { ...options, variants: ["fixed"] as const, triplets: [32, 8] };
    const made = (await sweep(asked))!;
    assert.deepEqual(begun(events), [
      "fixed-8-seed1",
      "fixed-8-seed2",
      "fixed-32-seed1",
      "fixed-32-seed2",
    ]);
    assert.deepEqual(
      made.points.map(({ variant, triplets, seeds }) => [variant, triplets, seeds.length]),
      [
        ["fixed", 8, 2],
        ["fixed", 32, 2],
      ],
    );
    const text = await Deno.readTextFile(join(options.out, "sweep.json"));
    assert.deepEqual(JSON.parse(text), made);
    events.length = 0;
    assert.deepEqual(await sweep(asked), made);
    assert.deepEqual(begun(events), []);
    await assert.rejects(
      sweep({ ...asked, triplets: [8, 100] }),
      /has 64; name at most 64 with `triplets`$/,
    );
  }));

for (
  const [kind, file, run] of [
    ["compare", "compare.json", compare],
    ["compare", "compare.csv", compare],
    ["sweep", "sweep.json", (asked: CompareOptions) => sweep({ ...asked, triplets: [8] })],
  ] as const
) {
  Deno.test(`${kind}() refuses before it trains to replace a ${file} that csn did not write`, () =>
    withOptions(async (options, events) => {
      const path = join(options.out, file);
      await Deno.mkdir(options.out);
      for (
        const text of ["mine", '{"format": 1, "seeds": [1], "variants": "mine"}', "a,b\n1,2\n"]
      ) {
        await Deno.writeTextFile(path, text);
        for (const overwrite of [false, true]) {
          await assert.rejects(
            run({ ...options, overwrite }),
            /^CsnError: Cannot write the results to .*: a file lies there that does not say csn wrote it; move it away, or choose another folder with `out`$/,
          );
        }
        assert.equal(await Deno.readTextFile(path), text);
      }
      assert.deepEqual(events, []);
    }));
}

Deno.test("compare() with overwrite leaves no old result that could pass for the new one when it is stopped", () =>
  withOptions(async (options) => {
    const few = { ...options, variants: options.variants.slice(0, 1), seeds: [1] };
    await compare(few);
    const names = () =>
      [...Deno.readDirSync(options.out)].map(({ name }) => name)
        .filter((name) => name.startsWith("compare."));
    assert.equal(names().length, 2);
    /** Is stopped before its first cell. */
    const stop = async (overwrite: boolean) => {
      const controller = new AbortController();
      const onEvent = () => controller.abort();
      const { signal } = controller;
      assert.equal(await compare({ ...few, overwrite, signal, onEvent }), null);
    };
    // The same settings again: all that is there is right, and stays.
    await stop(false);
    assert.equal(names().length, 2);
    await stop(true);
    assert.deepEqual(names(), []);
  }));

Deno.test("resolveExperiment() completes what is left out as train() does, with the paper's networks", () =>
  withOptions(async ({ data, out }) => {
    const made = await resolveExperiment({ data, out, epochs: 2, seeds: [4], saveEveryMinutes: 3 });
    const { name: _name, variant: _variant, seed: _seed, trainTriplets: _triplets, ...rest } =
      await newConfig({ data, name: "any", epochs: 2 });
    assert.deepEqual(made.common, rest);
    assert.deepEqual(made.common.notions, ["colour", "shape"]);
    assert.deepEqual([made.variants, made.seeds, made.folder], [paperVariants, [4], out]);
    assert.deepEqual(made.settings, { ...defaultSettings, saveEveryMinutes: 3 });
    assert.deepEqual((await resolveExperiment({ data, out })).seeds, [1, 2, 3]);
    assert.deepEqual(
      (await resolveExperiment({ data, out, variants: ["learned", "standard"] })).variants,
      ["standard", "learned"],
    );
  }));

Deno.test("resolveExperiment() refuses no network, one twice, no seed, and masks that do not fit", () =>
  withOptions(async ({ data, out }) => {
    const cases: [given: Partial<CompareOptions>, message: RegExp][] = [
      [{ variants: [] }, /of `variants` \[\]: name some of standard, specialists, /],
      [{ variants: ["fixed", "fixed"] }, /of `variants` \["fixed","fixed"\].*each once$/],
      [{ seeds: [] }, /of `seeds` \[\]: name one number or more, each once$/],
      [{ seeds: [1, 1] }, /of `seeds` \[1,1\]/],
      [{ dimension: 1 }, /`dimension` is 1; raise it, or leave fixed and prein out of `variants`$/],
    ];
    for (const [given, message] of cases) {
      await assert.rejects(resolveExperiment({ data, out, ...given }), {
        name: "UsageError",
        message,
      });
    }
  }));
