import assert from "node:assert/strict";
import { gatherImages } from "../../src/network/backbone.ts";
import { backward } from "../../src/tensor/backward.ts";
import { initialTensors, type NetworkShape } from "../../src/network/initialise.ts";
import { Network } from "../../src/network/network.ts";
import { sum } from "../../src/tensor/operators.ts";
import type { StoredTensor } from "../../src/tensor/safetensors.ts";
import { scope } from "../../src/tensor/scope.ts";
import { tinySetting } from "../helpers/tiny_setting.ts";

const shape: NetworkShape = { notions: ["a", "b", "c"], dimension: 12, variant: "specialists" };
const evaluation = { train: false, grad: false };

/** The network of one notion alone, with the specialist's weights. */
function alone(tensors: ReadonlyMap<string, StoredTensor>, row: number): Network {
  const prefix = `backbones.${row}.`;
  const own = new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[`backbone.${name.slice(prefix.length)}`, tensor]] : []
    ),
  );
  const one: NetworkShape = { notions: ["x"], dimension: 4, variant: "standard" };
  own.set("masks.weight", initialTensors(one, 1).get("masks.weight")!);
  return new Network(one, own);
}

async function withImages(
  test: (images: Awaited<ReturnType<typeof gatherImages>>) => Promise<void>,
): Promise<void> {
  const { setting, made } = tinySetting();
  using _made = made;
  using images = await gatherImages(setting.pack, [0, 3, 5], {
    normalisation: setting.normalisation,
  });
  await test(images);
}

Deno.test("Network of specialists embeds as its networks do, one after the other", () =>
  withImages(async (images) => {
    const tensors = initialTensors(shape, 1);
    using network = new Network(shape, tensors);
    using together = await network.embed(images, evaluation);
    assert.deepEqual(together.shape, [3, 12]);
    const found = together.toArray();
    for (const row of shape.notions.keys()) {
      using single = alone(tensors, row);
      using embedding = await single.embed(images, evaluation);
      const expected = embedding.toArray();
      for (let image = 0; image < 3; image++) {
        assert.deepEqual(
          found.slice(12 * image + 4 * row, 12 * image + 4 * row + 4),
          expected.slice(4 * image, 4 * image + 4),
        );
      }
    }
    assert.notDeepEqual(found.slice(0, 4), found.slice(4, 8), "specialists begin alike");
  }));

Deno.test("Network of specialists masks all but the notion's own", () => {
  using network = new Network(shape, initialTensors(shape, 1));
  assert.deepEqual(network.maskTable(), [
    [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
  ]);
  assert.ok(!network.parameters().has("masks.weight"));
});

Deno.test("Network.embed() by one specialist gives gradients to it alone", () =>
  withImages(async (images) => {
    using network = new Network(shape, initialTensors(shape, 1));
    using embedded = await network.embed(images, { train: true, grad: true, only: 1 });
    const values = embedded.toArray();
    assert.deepEqual([...values.slice(0, 4), ...values.slice(8, 12)], Array(8).fill(0));
    assert.ok(values.slice(4, 8).every((value) => value !== 0));
    using loss = scope(() => sum(embedded));
    await backward(loss);
    for (const [name, parameter] of network.parameters()) {
      using gradient = parameter.grad();
      assert.equal(gradient !== null, name.startsWith("backbones.1."), name);
    }
  }));

Deno.test("Network without masks has ones, which training does not change", () => {
  const standard: NetworkShape = { notions: ["a", "b"], dimension: 3, variant: "standard" };
  using network = new Network(standard, initialTensors(standard, 1));
  assert.deepEqual(network.maskTable(), [[1, 1, 1], [1, 1, 1]]);
  assert.ok(!network.parameters().has("masks.weight"));
});
