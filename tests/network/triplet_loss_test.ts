import assert from "node:assert/strict";
import { randomNormal } from "../../src/base/random.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { readLoss, tripletLoss } from "../../src/network/triplet_loss.ts";

const [batch, dimension] = [5, 3];

function numbers(stream: number): number[][] {
  return Array.from(
    { length: batch },
    (_, row) =>
      Array.from({ length: dimension }, (_, d) => randomNormal(1, stream, row * dimension + d)),
  );
}

const roles = [numbers(1), numbers(2), numbers(3)];
const masks = numbers(4).map((row) => row.map((value) => Math.max(0, value)));

/** The formula of the reference code, number by number. */
function naive(weights: { margin: number; embedding: number; mask: number }) {
  const [anchor, far, near] = roles;
  const distance = (a: number[], b: number[], m: number[]) =>
    Math.sqrt(a.reduce((sum, _, d) => sum + (m[d] * a[d] - m[d] * b[d] + 1e-6) ** 2, 0));
  const farDistances = anchor.map((row, i) => distance(row, far[i], masks[i]));
  const nearDistances = anchor.map((row, i) => distance(row, near[i], masks[i]));
  let triplet = 0;
  for (let i = 0; i < batch; i++) {
    triplet += Math.max(0, nearDistances[i] - farDistances[i] + weights.margin) / batch;
  }
  const frobenius = roles.map((role) =>
    Math.sqrt(role.flat().reduce((sum, value) => sum + value ** 2, 0))
  );
  const embeddingNorm = frobenius.reduce((sum, norm) => sum + norm / Math.sqrt(batch), 0) / 3;
  const maskNorm = masks.flat().reduce((sum, value) => sum + Math.abs(value), 0) / batch;
  return {
    loss: triplet + weights.embedding * embeddingNorm + weights.mask * maskNorm,
    triplet,
    embeddingNorm,
    maskNorm,
    far: Float64Array.from(farDistances),
    near: Float64Array.from(nearDistances),
  };
}

for (
  const weights of [{ margin: 0.2, embedding: 5e-3, mask: 5e-4 }, {
    margin: 2,
    embedding: 1,
    mask: 1,
  }]
) {
  Deno.test(`tripletLoss() equals the naive loop with margin ${weights.margin}`, async () => {
    using made = new DisposableStack();
    const loss = scope(() => {
      const [anchor, far, near, mask] = [...roles, masks].map((rows) =>
        Tensor.from(rows.flat(), { shape: [batch, dimension], dtype: "float64" })
      );
      return tripletLoss({ anchor, far, near }, mask, weights);
    });
    for (const tensor of Object.values(loss) as Tensor[]) made.use(tensor);
    const found = await readLoss(loss);
    const expected = naive(weights);
    for (const key of ["loss", "triplet", "embeddingNorm", "maskNorm"] as const) {
      assert.ok(Math.abs(found[key] - expected[key]) < 1e-12, key);
    }
    for (const key of ["far", "near"] as const) {
      expected[key].forEach((value, i) =>
        assert.ok(Math.abs(found[key][i] - value) < 1e-12, `${key}[${i}]`)
      );
    }
  });
}
