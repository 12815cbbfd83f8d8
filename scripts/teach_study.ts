/**
 * How many answers a notion needs, chosen and at random: deno run -A scripts/teach_study.ts --resume
 * MODEL --data SET [--seeds 5]. SET is the fonts set, and MODEL one that was trained on some of its
 * notions. Answers come from the set's table: "cannot say" where both images are like the anchor, or
 * neither is. Prints the tables of docs/teach.md.
 */
import { Command } from "@commander-js/extra-typings";
import { embedSetFolder, Model, readModelFile, start } from "../mod.ts";
import { randomBelow } from "../src/base/random.ts";
import { wholeNumber } from "../src/cli/options.ts";
import type { Embeddings } from "../src/search/embeddings.ts";
import type { Attribute } from "../src/sets/attribute.ts";
import { drawTriplets } from "../src/sets/make/draw_triplets.ts";
import { likeness } from "../src/sets/make/notions/likeness.ts";
import { openImageSet, readSetValues, type SetValues } from "../src/sets/mod.ts";
import { meanOf } from "../src/statistics/mean.ts";
import { tripletError } from "../src/statistics/triplet_error.ts";
import {
  type Answer,
  answerTriplets,
  fitNotion,
  nextQuestion,
  type Question,
} from "../src/teach/mod.ts";

const [judged, plenty, fewestSaid] = [4000, 6000, 20];

/** Questions after which the notion is fitted; at random they go on. */
const steps = [20, 40, 60, 80, 120, 180, 240, 360, 480];
const more = [720, 960, 1920, 3840];

type Way = "chosen" | "at random";

/** The training images of the set, and answers about them. */
interface Setting {
  readonly embeddings: Embeddings;
  readonly attribute: Attribute;
  /** Number in the set of each embedding. */
  readonly images: Uint32Array;
  readonly masks: ReadonlyMap<string, Float32Array>;
}

/** What was reached after some questions, over the seeds. */
interface Point {
  readonly questions: number;
  readonly said: number;
  readonly accuracy: number;
}

/** What the table says, as an annotator. */
function answered({ attribute, images }: Setting, question: Question): Answer["chosen"] {
  const { anchor, left, right } = question;
  const [one, other] = [left, right].map((row) => likeness(attribute, images[anchor], images[row]));
  if (one === "alike" && other === "unlike") return "left";
  return one === "unlike" && other === "alike" ? "right" : null;
}

function atRandom(count: number, seed: number, asked: number): Question {
  for (let index = 64 * asked;; index += 3) {
    const [anchor, left, right] = [0, 1, 2].map((role) =>
      randomBelow(seed, 0, index + role, count)
    );
    if (anchor !== left && anchor !== right && left !== right) return { anchor, left, right };
  }
}

function* study(setting: Setting, way: Way, seed: number, judge: (mask: Float32Array) => number) {
  const { embeddings, images, masks } = setting;
  const answers: Answer[] = [];
  for (const questions of way === "chosen" ? steps : [...steps, ...more]) {
    while (answers.length < questions) {
      const { anchor, left, right } = way === "chosen"
        ? nextQuestion(embeddings, answers, { masks, seed, repeatEvery: 0 })
        : atRandom(images.length, seed, answers.length);
      const question = { anchor, left, right };
      answers.push({ ...question, chosen: answered(setting, question), by: "table", at: "" });
    }
    const triplets = answerTriplets(answers);
    const said = triplets.length / 3;
    const fit = said < fewestSaid ? null : fitNotion(embeddings, triplets);
    // Without weights nothing is nearer: as good as guessing.
    yield { questions, said, accuracy: fit?.dimensions ? judge(fit.mask) : 0.5 };
  }
}

/** The means of several seeds, step by step. */
function meanPoints(runs: readonly (readonly Point[])[]): Point[] {
  return runs[0].map(({ questions }, step) => ({
    questions,
    said: meanOf(runs.map((run) => run[step].said)),
    accuracy: meanOf(runs.map((run) => run[step].accuracy)),
  }));
}

/** Questions, and answers to them, after which an accuracy was reached, between the steps. */
function reached(points: readonly Point[], accuracy: number): string {
  const at = points.findIndex((point) => point.accuracy >= accuracy);
  if (at < 0) return `more than ${points.at(-1)!.questions}`;
  const after = points[at];
  const before = points[at - 1] ?? { questions: 0, said: 0, accuracy: 0.5 };
  const share = (accuracy - before.accuracy) / (after.accuracy - before.accuracy);
  const between = (of: (point: Point) => number) =>
    Math.round(of(before) + share * (of(after) - of(before)));
  return `${between(({ questions }) => questions)} (${between(({ said }) => said)})`;
}

/** The notions that are taught: the set's own, and one that its characters give. */
function attributesOf(values: SetValues): Map<string, Attribute> {
  const kinds = values.texts.get("character")!.map((character) =>
    /\d/.test(character) ? "digit" : /\p{Lu}/u.test(character) ? "capital" : "small"
  );
  return new Map([["kind", { kind: "categorical", values: kinds }], ...values.attributes]);
}

const { resume, data, seeds, notions } = new Command("teach_study")
  .requiredOption("--resume <model>", "model file")
  .requiredOption("--data <set>", "the fonts set")
  .option("--seeds <n>", "how often each is repeated", wholeNumber(1), 5)
  .option("--notions <names...>", "what is taught", ["typeface", "kind", "weight"])
  .parse().opts();

await start();
using model = new Model(await readModelFile(resume));
const set = await openImageSet(data);
const values = (await readSetValues(set))!;
const all = await embedSetFolder(model, set, { listener: { warning: console.error } });
const of = (split: string) =>
  Uint32Array.from(all.names.keys()).filter((image) => values.splits[image] === split);
const images = of("train");
const embeddings: Embeddings = {
  names: Array.from(images, (image) => all.names[image]),
  vectors: Float32Array.from(Array.from(images).flatMap((image) => [...all.at(image)])),
  dimension: all.dimension,
};

console.log("| notion | best there is | attainable | way | 90 % of it | and above chance |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const notion of notions) {
  const attribute = attributesOf(values).get(notion)!;
  const drawing = { seed: 1, stream: 0 };
  const test = drawTriplets(attribute, of("test"), { count: judged, ...drawing });
  const judge = (mask: Float32Array) => 1 - tripletError(all.vectors, mask, test);
  // As if the notion had not been trained on.
  const masks = new Map([...model.masks].filter(([name]) => name !== notion));
  const best = Math.max(...[...masks.values()].map(judge));
  const teaching = drawTriplets(attribute, images, { count: plenty, ...drawing });
  const attainable = judge(fitNotion(all, teaching).mask);
  const setting: Setting = { embeddings, attribute, images, masks };
  for (const way of ["chosen", "at random"] as const) {
    const runs = Array.from(
      { length: seeds },
      (_, seed) => [...study(setting, way, 1 + seed, judge)],
    );
    const points = meanPoints(runs);
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const ofChance = 0.5 + 0.9 * (attainable - 0.5);
    console.log(
      `| ${notion} | ${percent(best)} | ${percent(attainable)} | ${way} | ${
        reached(points, 0.9 * attainable)
      } | ${reached(points, ofChance)} |`,
    );
    for (const { questions, said, accuracy } of points) {
      console.error(notion, way, questions, said.toFixed(1), percent(accuracy));
    }
  }
}
