import assert from "node:assert/strict";
import { fitPartsApart } from "../../src/teach/fit_apart.ts";
import { fitNotion, partedAnswers } from "../../src/teach/fit_notion.ts";
import { plantNotion } from "../helpers/planted_notion.ts";

Deno.test("fitPartsApart() gives what fitNotion() does, and leaves its thread free meanwhile", async () => {
  const { embeddings, triplets } = plantNotion([2, 5]);
  const options = { masks: new Map([["first", Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0)]]) };
  const fitting = fitPartsApart(embeddings, partedAnswers(embeddings, triplets, options), options);
  const first = await Promise.race([
    fitting.then(() => "the fit"),
    new Promise((resolve) => setTimeout(() => resolve("another task"), 0)),
  ]);
  assert.equal(first, "another task");
  assert.deepEqual(await fitting, fitNotion(embeddings, triplets, options));
});
