import assert from "node:assert/strict";
import { readNumbers, roundNumbers } from "../../../src/explore/exported/stored_numbers.ts";
import { numbers } from "../../helpers/naive_scan.ts";

const dimension = 8;

/** Embeddings of so many images; number 3 is not known. */
function embeddings(count: number) {
  const vectors = numbers(count * dimension);
  vectors.fill(NaN, 3 * dimension, 4 * dimension);
  return { names: Array.from({ length: count }, (_, i) => `${i}.png`), vectors, dimension };
}

Deno.test("roundNumbers() and readNumbers() keep each number within float16's half a step", () => {
  const all = embeddings(40);
  const { bytes, stored } = roundNumbers(all, "float16");
  assert.equal(bytes.length, 40 * dimension * 2);
  const read = readNumbers(bytes.buffer, { file: "x", ...stored }, 40);
  read.forEach((value, i) => {
    const exact = all.vectors[i];
    if (Number.isNaN(exact)) return assert.ok(Number.isNaN(value), String(i));
    assert.ok(Math.abs(value - exact) <= Math.abs(exact) * 2 ** -11 + 2 ** -25, String(i));
  });
});

Deno.test("roundNumbers() and readNumbers() keep each number within half a code of int8", () => {
  const all = embeddings(40);
  const { bytes, stored } = roundNumbers(all, "int8");
  assert.equal(bytes.length, 40 * dimension);
  assert.deepEqual(stored.unknown, [3]);
  const read = readNumbers(bytes.buffer, { file: "x", ...stored }, 40);
  read.forEach((value, i) => {
    const exact = all.vectors[i];
    if (Number.isNaN(exact)) return assert.ok(Number.isNaN(value), String(i));
    assert.ok(Math.abs(value - exact) <= stored.scales![i % dimension] * 0.5001, String(i));
  });
});

Deno.test("roundNumbers() refuses what float16 cannot hold, and names the image and the way out", () => {
  const all = embeddings(5);
  all.vectors[4 * dimension] = 70_000;
  assert.throws(
    () => roundNumbers(all, "float16"),
    /that of 4\.png holds 70000, and float16 ends at 65,504; take int8 with `exportAs`/,
  );
  assert.doesNotThrow(() => roundNumbers(all, "int8"));
});

Deno.test("readNumbers() refuses a file that was cut off", () => {
  const { bytes, stored } = roundNumbers(embeddings(5), "float16");
  assert.throws(
    () => readNumbers(bytes.slice(1).buffer, { file: "data/x.bin", ...stored }, 5),
    /^CsnError: Cannot read data\/x\.bin: it has 79 bytes, it should have 80/,
  );
});
