import assert from "node:assert/strict";
import type { Triplets } from "../../src/data/triplets.ts";
import { randomUint32 } from "../../src/random.ts";
import { evaluate, type Evaluation } from "../../src/training/evaluate.ts";
import { embedImages } from "../../src/training/evaluate.ts";
import { tinySetting } from "../helpers/tiny_setting.ts";

const margin = 0.2;

/** `count` random triplets over the tiny pack's images 0 to 9; the last ones compare an image with itself. */
function randomTriplets(count: number, ties: number): Triplets {
  const images = Uint32Array.from({ length: 3 * count }, (_, i) => randomUint32(1, 0, i) % 10);
  for (let i = count - ties; i < count; i++) images[3 * i + 1] = images[3 * i + 2];
  const notion = Uint8Array.from({ length: count }, (_, i) => i % 3 === 0 ? 1 : 0);
  return { notions: ["a", "b"], images, notion, dropped: 0, perNotion: [] };
}

Deno.test("evaluate() equals a naive loop over the embeddings, ties wrong, notions apart", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  const { network, pack, normalisation } = setting;
  const triplets = randomTriplets(200, 20);
  using embedded = await embedImages(
    network,
    pack,
    Uint32Array.from({ length: 10 }, (_, i) => i),
    normalisation,
  );
  const vectors = embedded.data() as Float32Array;
  const masks = network.maskTable();
  const distance = (x: number, y: number, mask: number[]) =>
    Math.sqrt(
      mask.reduce(
        (sum, m, d) => sum + (m * vectors[8 * x + d] - m * vectors[8 * y + d] + 1e-6) ** 2,
        0,
      ),
    );
  const counts = [{ n: 0, correct: 0, loss: 0 }, { n: 0, correct: 0, loss: 0 }];
  triplets.notion.forEach((row, i) => {
    const [anchor, far, near] = triplets.images.subarray(3 * i, 3 * i + 3);
    const [farDistance, nearDistance] = [
      distance(anchor, far, masks[row]),
      distance(anchor, near, masks[row]),
    ];
    counts[row].n += 1;
    counts[row].correct += far !== near && farDistance > nearDistance ? 1 : 0;
    counts[row].loss += Math.max(0, nearDistance - farDistance + margin);
  });
  const found = await evaluate(network, pack, triplets, { split: "val", normalisation, margin });
  found.notions.forEach((notion, row) => assertScore(notion, counts[row]));
  assertScore(found, {
    n: counts[0].n + counts[1].n,
    correct: counts[0].correct + counts[1].correct,
    loss: counts[0].loss + counts[1].loss,
  });
  assert.deepEqual(found.notions.map(({ name }) => name), ["a", "b"]);
  // Both kinds of answers occur, or the test would show nothing.
  assert.ok(found.accuracy > 0.1 && found.accuracy < 0.9);
});

function assertScore(
  found: Pick<Evaluation, "triplets" | "accuracy" | "standardError" | "loss">,
  { n, correct, loss }: { n: number; correct: number; loss: number },
): void {
  assert.equal(found.triplets, n);
  assert.equal(found.accuracy, correct / n);
  const p = correct / n;
  assert.ok(Math.abs(found.standardError - Math.sqrt(p * (1 - p) / n)) < 1e-12);
  assert.ok(Math.abs(found.loss - loss / n) < 1e-5);
}

Deno.test("evaluate() embeds each distinct image once", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  const { network, pack, normalisation } = setting;
  const reports: number[] = [];
  const found = await evaluate(network, pack, randomTriplets(100, 0), {
    split: "val",
    normalisation,
    margin,
    listener: { progress: ({ done }) => reports.push(done) },
  });
  assert.equal(found.images, 10);
  assert.equal(reports.at(-1), 10);
});

Deno.test("evaluate() stops at the signal", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  const { network, pack, normalisation } = setting;
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(
    evaluate(network, pack, randomTriplets(10, 0), { split: "val", normalisation, margin, signal }),
    /enough/,
  );
});
