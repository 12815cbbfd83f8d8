import { embedFolder, Model, start } from "csn";

const [file, folder, image] = Deno.args;

await start(); // finds or fetches libtorch and builds the shim, once per user
using model = await Model.load(file);

const query = await model.embed([image]);
const images = await embedFolder(model, folder);
for (const notion of model.notions) {
  const [nearest] = model.nearest(query.at(0), images, { notion, k: 1 });
  console.log(`${notion}: ${nearest.name}, at ${nearest.distance.toFixed(3)}`);
}
