import assert from "node:assert/strict";
import type { Triplets } from "../../src/sets/triplets.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { evaluate, type Evaluation } from "../../src/model/evaluate.ts";
import { embedImages } from "../../src/model/evaluate.ts";
import { tinySetting } from "../helpers/tiny_setting.ts";

const margin = 0.2;

/** `count` random triplets over the tiny pack's images 0 to 9; the last ones compare an image with itself. */
function randomTriplets(count: number, ties: number): Triplets {
  const images = Uint32Array.from({ length: 3 * count }, (_, i) => randomUint32(1, 0, i) % 10);
  for (let i = count - ties; i < count; i++) images[3 * i + 1] = images[3 * i + 2];
  const notion = Uint8Array.from({ length: count }, (_, i) => i % 3 === 0 ? 1 : 0);
  return { notions: ["a", "b"], images, notion, dropped: 0, perNotion: [] };
}

// The second number is more than are scored at a time.
for (const [count, ties] of [[200, 20], [33_000, 300]]) {
  Deno.test(`evaluate() equals a naive loop over ${count} triplets, ties wrong, notions apart`, () =>
    assertNaive(randomTriplets(count, ties)));
}

async function assertNaive(triplets: Triplets): Promise<void> {
  const { setting, made } = tinySetting();
  using _made = made;
  const { network, pack, normalisation } = setting;
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
}

Deno.test("embedImages() gives each image its own row, over the end of a batch too", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  const { network, pack, normalisation } = setting;
  const indices = Uint32Array.from({ length: 300 }, (_, i) => (5 * i) % 12);
  using all = await embedImages(network, pack, indices, normalisation);
  using once = await embedImages(
    network,
    pack,
    Uint32Array.from(indices.keys()).subarray(0, 12),
    normalisation,
  );
  const [found, expected] = [all.data(), once.data()].map((each) => each as Float32Array);
  assert.equal(found.length, 8 * 300);
  found.forEach((value, i) => {
    const image = indices[Math.floor(i / 8)];
    // Batches of another size may be computed in another order of sums.
    assert.ok(Math.abs(value - expected[8 * image + i % 8]) < 1e-4, `row ${Math.floor(i / 8)}`);
  });
  // Images differ by more than that, or the test would show nothing.
  assert.ok(Math.abs(expected[0] - expected[8]) > 1e-3);
});

function assertScore(
  found: Pick<Evaluation, "triplets" | "accuracy" | "loss">,
  { n, correct, loss }: { n: number; correct: number; loss: number },
): void {
  assert.equal(found.triplets, n);
  assert.equal(found.accuracy, correct / n);
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
