import assert from "node:assert/strict";
import { randomNormal } from "../../src/base/random.ts";
import { fitValidated } from "../../src/statistics/validated_fit.ts";

const [count, width, parts] = [100, 8, 5];
const part = Uint8Array.from({ length: count }, (_, row) => row % parts);

function draw(shift: number) {
  const values = Float64Array.from(
    { length: count * width },
    (_, at) => randomNormal(2, 1, at) + (at % width < 2 ? shift : 0),
  );
  return { values, width, part, apart: part.map((each) => 1 << each), parts };
}

Deno.test("fitValidated() judges a part by what has nothing of it: turned about, it is as wrong as it was right", () => {
  const rows = draw(0.5);
  const { apart } = fitValidated(rows);
  for (let turned = 0; turned < parts; turned++) {
    const values = rows.values.map((value, at) =>
      part[Math.floor(at / width)] === turned ? -value : value
    );
    const again = fitValidated({ ...rows, values });
    const before = apart.filter((_, row) => part[row] === turned);
    assert.ok(before.some((sum) => sum !== 0));
    assert.deepEqual(
      again.apart.filter((_, row) => part[row] === turned),
      before.map((sum) => 0 - sum),
    );
  }
});

Deno.test("fitValidated() does not learn from rows that are kept apart from a part", () => {
  const rows = draw(0.5);
  // Row 7, of part 2, is about an image of part 0.
  const apart = Uint16Array.from(rows.apart, (bits, row) => row === 7 ? bits | 1 : bits);
  const sums = (values: Float64Array) =>
    fitValidated({ ...rows, values, apart }).apart.filter((_, row) => part[row] === 0);
  const values = rows.values.map((value, at) => Math.floor(at / width) === 7 ? -value : value);
  assert.deepEqual(sums(values), sums(rows.values));
});

Deno.test("fitValidated() gives no weights to columns that say nothing", () => {
  const { weights, apart, penalty } = fitValidated({
    ...draw(0),
    values: draw(0).values.map((value) => -Math.abs(value)),
  });
  assert.ok(weights.every((weight) => weight === 0));
  assert.ok(apart.every((sum) => sum === 0));
  assert.ok(penalty > 0);
});
