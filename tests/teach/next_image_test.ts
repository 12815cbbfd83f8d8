import assert from "node:assert/strict";
import { nextImage } from "../../src/teach/next_image.ts";
import { randomEmbeddings } from "../helpers/random_embeddings.ts";

const embeddings = randomEmbeddings(400, 8, 1);

function squareTo(row: number, others: Iterable<number>): number {
  const { vectors } = embeddings;
  return Math.min(
    ...[...others].map((other) =>
      [...Array(8).keys()].reduce(
        (sum, d) => sum + (vectors[8 * row + d] - vectors[8 * other + d]) ** 2,
        0,
      )
    ),
  );
}

Deno.test("nextImage() asks about all images, none twice, and those that were skipped last", () => {
  const small = randomEmbeddings(30, 8, 2);
  small.vectors[8 * 7] = NaN;
  const taken = new Set<number>();
  const last = new Set([3, 4]);
  const asked: number[] = [];
  for (;;) {
    const image = nextImage(small, { taken, last });
    if (image === null) break;
    asked.push(image);
    taken.add(image);
  }
  assert.equal(new Set(asked).size, 29);
  assert.equal(asked.length, 29);
  assert.deepEqual(asked.slice(-2), [3, 4]);
  assert.ok(!asked.includes(7), "an image without an embedding");
});

Deno.test("nextImage() asks about images that lie apart from those before", () => {
  const taken = new Set<number>();
  const apart: number[] = [];
  for (let i = 0; i < 40; i++) {
    const image = nextImage(embeddings, { taken })!;
    if (i > 0) apart.push(squareTo(image, taken));
    taken.add(image);
  }
  const atRandom = [...Array(39).keys()].map((row) =>
    squareTo(row + 1, [...Array(row + 1).keys()])
  );
  const middle = (values: number[]) => values.sort((a, b) => a - b)[19];
  assert.ok(middle(apart) > 1.5 * middle(atRandom), `${middle(apart)} ${middle(atRandom)}`);
});

Deno.test("nextImage() gives the same image for the same arguments, and others to another person", () => {
  const taken = new Set([1, 2, 3]);
  const given = { taken, by: "Ann" };
  assert.equal(nextImage(embeddings, given), nextImage(embeddings, given));
  const people = ["Ann", "Bo", "Cy", "Di"].map((by) => nextImage(embeddings, { taken, by }));
  assert.ok(new Set(people).size > 1);
});

Deno.test("nextImage() says that no image is embedded", () => {
  const none = randomEmbeddings(3, 8, 1);
  none.vectors.fill(NaN);
  assert.throws(() => nextImage(none, { taken: new Set() }), /^UsageError: .*: none is embedded/);
});
