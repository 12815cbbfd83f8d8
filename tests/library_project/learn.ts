/** From pictures and a table to a trained model in use: each step by its own door. */
import { embedFolder, Model, readModelFile, start, testModel } from "csn";
import { compare } from "csn/experiment";
import { explore } from "csn/explore";
import { analyseModel } from "csn/report";
import { auditSet, makeTriplets, openImageSet } from "csn/sets";
import { add, liveTensors, Tensor } from "csn/tensor";
import { trainEvents } from "csn/train";
import { VisdomClient } from "csn/visdom";

const [folder] = Deno.args;
const data = `${folder}/set`;

await start();
await makeTriplets(data, {
  images: `${folder}/images`,
  attributes: `${folder}/pictures.csv`,
  notions: ["colour", "shape"],
  shares: { train: 40, val: 30, test: 30 },
  triplets: { train: 24, val: 8, test: 8 },
});
const { report } = await auditSet(await openImageSet(data));
console.log("problems:", report.problems.length);

const small = {
  imageSize: 16,
  batchSize: 8,
  trainTriplets: 16,
  dimension: 8,
  epochs: 1,
};
for await (
  const event of trainEvents({ data, out: `${folder}/run`, ...small })
) {
  if (event.type === "epoch") console.log("epoch:", event.metrics.epoch);
}

const file = await readModelFile(`${folder}/run/model_best`);
console.log("tested:", (await testModel(file)).triplets);
console.log("analysed:", (await analyseModel(file)).split);
using model = new Model(file);
console.log(
  "embedded:",
  (await embedFolder(model, `${folder}/images`)).names.length,
);

await using page = await explore(model, { among: data, port: 0 });
await page.ready;
const { origin } = new URL(page.url);
const explored = await (await fetch(`${origin}/api/explored`)).json();
console.log("explored:", explored.images);

using three = add(Tensor.from([1]), 2);
console.log(
  "tensors:",
  three.item(),
  liveTensors() > 0,
  typeof compare,
  typeof VisdomClient,
);
