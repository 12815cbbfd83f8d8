/**
 * Asks for nonblocking calls whose arguments nobody else holds, with the queue held up and collections in
 * between, and prints how each ended, a line a round: `deno run -A --v8-flags=--expose-gc <this>`.
 */
import { enqueue, openLibrary } from "../../src/native/library.ts";
import { setUp } from "../../src/native/setup.ts";
import { gatherImages } from "../../src/network/backbone.ts";
import { backward } from "../../src/tensor/backward.ts";
import { Network } from "../../src/network/network.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { EmbeddingMatrix } from "../../src/search/embedding_matrix.ts";
import { scan } from "../../src/search/scan.ts";
import { callAllAsync, callAsync } from "../../src/tensor/call.ts";
import { sum } from "../../src/tensor/operators.ts";
import { clearGrads, Tensor } from "../../src/tensor/tensor.ts";
import { tinyShape } from "./tiny_setting.ts";

openLibrary(await setUp());

const collect = (globalThis as unknown as { gc: () => void }).gc;
using network = new Network(tinyShape, initialTensors(tinyShape, 1));
using weights = Tensor.from([1, 2, 3]);
weights.requiresGrad = true;

const calls: Record<string, () => Promise<string>> = {
  "callAsync() with tensors": async () => {
    using made = await callAsync("aten::add.Tensor", Tensor.from([1]), Tensor.from([2]));
    return String(made.toArray());
  },
  "callAsync() with a list": async () => {
    using made = await callAsync("aten::cat", [Tensor.from([1]), Tensor.from([2])]);
    return String(made.toArray());
  },
  "callAsync() with a list that is emptied": async () => {
    const list = [Tensor.from([1]), Tensor.from([2])];
    const made = callAsync("aten::cat", list);
    list.length = 0;
    using tensor = await made;
    return String(tensor.toArray());
  },
  "callAllAsync() with an out argument": async () => {
    const [made] = await callAllAsync(
      ...["aten::add.out", Tensor.from([1]), Tensor.from([2]), 1, Tensor.from([0])] as const,
    );
    using tensor = made!;
    return String(tensor.toArray());
  },
  "dataAsync()": async () => String(await Tensor.from([1, 2]).dataAsync()),
  "embed()": async () => {
    const images = Tensor.from(new Float32Array(3 * 16 * 16), { shape: [1, 3, 16, 16] });
    using made = await network.embed(images, { train: false, grad: false });
    return String(made.shape);
  },
  "gatherImages()": async () => {
    using made = await gatherImages(
      Tensor.from(new Uint8Array(2 * 4 * 4 * 3).fill(255), { shape: [2, 4, 4, 3] }),
      [1, 0],
      { normalisation: { mean: [0, 0, 0], std: [1, 1, 1] }, flips: Uint8Array.of(1, 0) },
    );
    return String([...made.shape, ...new Set(made.toArray())]);
  },
  "scan()": async () => {
    const measure = { weights: Float64Array.of(1, 1) };
    const matrix = EmbeddingMatrix.of(Float32Array.of(5, 5, 1, 1, 3, 3), 2);
    const [{ rows }] = await scan(matrix, Float32Array.of(1, 1), measure);
    return String([...rows]);
  },
  "backward()": async () => {
    await backward(sum(weights));
    using gradient = weights.grad()!;
    return String(gradient.toArray());
  },
};

/** How each call ends, asked for while the queue is held up and the collector works. */
async function endsOfCalls(): Promise<Record<string, string>> {
  const gate = Promise.withResolvers<void>();
  const held = enqueue(() => gate.promise, () => false, []);
  const ends = Object.entries(calls).map(([name, call]) =>
    call().then((end) => [name, end], (error) => [name, `${error}`])
  );
  for (let round = 0; round < 3; round++) {
    collect();
    // Finalisers run in turns of the event loop.
    await new Promise((next) => setTimeout(next, 0));
  }
  gate.resolve();
  await held;
  return Object.fromEntries(await Promise.all(ends));
}

// Code that ran often is compiled, and then keeps nothing that it does not need again.
for (let round = 0; round < 300; round++) {
  for (const call of Object.values(calls)) await call().catch(() => {});
  weights.grad()?.dispose();
  clearGrads([weights]);
}
for (let round = 0; round < 10; round++) {
  const ends = await endsOfCalls();
  clearGrads([weights]);
  console.log(JSON.stringify(ends));
}
