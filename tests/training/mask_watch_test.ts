import assert from "node:assert/strict";
import { start } from "../../src/native/start.ts";
import { initialTensors, type NetworkShape } from "../../src/network/initialise.ts";
import type { Variant } from "../../src/network/variant.ts";
import { Network } from "../../src/network/network.ts";
import { copyInto } from "../../src/tensor/operators.ts";
import { noGrad, scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { maskUse, MaskWatch } from "../../src/training/mask_watch.ts";

Deno.test("maskUse() counts what each mask lets through and what none does", () => {
  assert.deepEqual(maskUse([[1, 0, 0.5, 0], [0, 0, 2, 0]]), {
    activeDimensions: [2, 1],
    unusedDimensions: 2,
  });
});

function networkOf(variant: Variant): Network {
  const shape: NetworkShape = { notions: ["a", "b"], dimension: 3, variant };
  return new Network(shape, initialTensors(shape, 1));
}

function setMasks(network: Network, values: number[]): void {
  noGrad(() =>
    scope(() =>
      copyInto(network.tensors.get("masks.weight")!, Tensor.from(values, { shape: [2, 3] }))
    )
  );
}

Deno.test("MaskWatch warns once of dimensions that died and of a mask that became empty", async () => {
  await start();
  using network = networkOf("learned");
  setMasks(network, [1, 1, 1, -1, 1, 1]);
  const watch = new MaskWatch(network);
  const warnings: string[] = [];
  const look = () => watch.look({ warning: (text) => warnings.push(text) });
  assert.deepEqual(look(), { activeDimensions: [3, 2], unusedDimensions: 0 });
  assert.deepEqual(warnings, []);

  setMasks(network, [-1, 1, -1, -1, -1, -1]);
  assert.deepEqual(look(), { activeDimensions: [1, 0], unusedDimensions: 2 });
  assert.equal(warnings.length, 2);
  assert.match(warnings[0], /2 of the 3 dimensions died: 2 are now used by no notion.*`maskLoss`/);
  assert.match(warnings[1], /the mask of b lets no dimension through/);

  look();
  assert.equal(warnings.length, 2);
});

Deno.test("MaskWatch has nothing to say of masks that are not learned", async () => {
  await start();
  using network = networkOf("fixed");
  assert.deepEqual(new MaskWatch(network).look({ warning: assert.fail }), {});
});
