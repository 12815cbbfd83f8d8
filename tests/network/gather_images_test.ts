import assert from "node:assert/strict";
import { gatherImages } from "../../src/network/backbone.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { call } from "../../src/tensor/call.ts";
import {
  divide,
  indexSelect,
  longs,
  reshape,
  subtract,
  toDType,
} from "../../src/tensor/operators.ts";
import { noGrad, scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

const normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const [count, height, width] = [5, 6, 4];

function pack(): Tensor {
  const pixels = Uint8Array.from(
    { length: count * height * width * 3 },
    (_, i) => randomUint32(9, 0, i) & 0xff,
  );
  return scope(() => reshape(Tensor.from(pixels), [count, height, width, 3]));
}

/** The same by libtorch's operators on whole images. */
function byOperators(images: Tensor, indices: number[], dtype: "float32" | "float64"): number[] {
  const row = (values: readonly number[]) =>
    reshape(Tensor.from([...values], { dtype }), [1, 1, 1, 3]);
  return noGrad(() =>
    scope(() => {
      const rows = indexSelect(images, longs(Uint32Array.from(indices), "cpu"));
      const scaled = divide(toDType(rows, dtype), 255);
      const normalised = divide(subtract(scaled, row(normalisation.mean)), row(normalisation.std));
      return call("aten::permute", normalised, [0, 3, 1, 2]).toArray();
    })
  );
}

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`gatherImages() gives in ${dtype} the bits that libtorch's operators give`, async () => {
    using images = pack();
    using found = await gatherImages(images, [4, 0, 4], { normalisation, dtype });
    assert.deepEqual(found.shape, [3, 3, height, width]);
    // Channels-last, as the pack lies.
    assert.deepEqual(found.strides, [height * width * 3, 1, width * 3, 3]);
    assert.deepEqual(found.toArray(), byOperators(images, [4, 0, 4], dtype));
  });
}

Deno.test("gatherImages() refuses an index that the pack does not have", async () => {
  using images = pack();
  await assert.rejects(
    gatherImages(images, [0, count], { normalisation }),
    /a pack of 5, found the index 5/,
  );
});

Deno.test("gatherImages() of no images gives none", async () => {
  using images = pack();
  using found = await gatherImages(images, [], { normalisation });
  assert.deepEqual(found.shape, [0, 3, height, width]);
});

Deno.test("gatherImages() refuses flips that are not one 0 or 1 an image, and indices that are none", async () => {
  using images = pack();
  for (const flips of [Uint8Array.of(1), Uint8Array.of(0, 1, 0), Uint8Array.of(0, 2)]) {
    await assert.rejects(
      gatherImages(images, [0, 1], { normalisation, flips }),
      new RegExp(`found ${flips.length} flips for 2 images; there should be one an image, 0 or 1`),
    );
  }
  await assert.rejects(gatherImages(images, [0.5], { normalisation }), /0\.5 is no index/);
  await assert.rejects(gatherImages(images, [-1], { normalisation }), /found the index -1/);
});

Deno.test("gatherImages() takes its arrays as they are when it is called", async () => {
  using images = pack();
  const [indices, flips] = [[1, 2], Uint8Array.of(1, 0)];
  using expected = await gatherImages(images, [1, 2], {
    normalisation,
    flips: Uint8Array.of(1, 0),
  });
  const asked = gatherImages(images, indices, { normalisation, flips });
  indices.fill(0);
  flips.fill(0);
  using found = await asked;
  assert.deepEqual(found.toArray(), expected.toArray());
});
