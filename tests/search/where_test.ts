import assert from "node:assert/strict";
import { UsageError } from "../../src/base/errors.ts";
import { parseCondition, whereOf } from "../../src/search/where.ts";

const columns = new Map([
  ["gender", [["women"], ["men"], ["girls"], [], ["women"]]],
  ["heel", [["2.5"], ["0"], [], ["10"], ["-1"]]],
  ["tags", [["red", "a,b"], ["red"], [], ["white"], ["white", "red"]]],
  ["a=b", [["x"], ["y"], ["x"], ["x"], ["x"]]],
]);

function found(...conditions: string[]): number[] {
  const where = whereOf(conditions.map(parseCondition), columns);
  return [0, 1, 2, 3, 4].filter(where);
}

Deno.test("whereOf() compares values, lists of them and numbers; what is not known meets nothing", () => {
  assert.deepEqual(found("gender=women"), [0, 4]);
  assert.deepEqual(found("gender!=women"), [1, 2]);
  assert.deepEqual(found("gender=men, girls"), [1, 2]);
  assert.deepEqual(found("gender!=men,girls"), [0, 4]);
  assert.deepEqual(found("heel<2.5"), [1, 4]);
  assert.deepEqual(found("heel<=2.5"), [0, 1, 4]);
  assert.deepEqual(found("heel>0"), [0, 3]);
  assert.deepEqual(found("heel >= 2.5"), [0, 3]);
  assert.deepEqual(found("heel=2.50"), [0]);
  assert.deepEqual(found("gender=women", "heel>0"), [0]);
});

Deno.test("whereOf() compares a number with all that are spelt otherwise", () => {
  const columns = new Map([["size", [["1"], ["1.0"], ["2"], [], ["01", "2"]]]]);
  const rows = (text: string) => [0, 1, 2, 3, 4].filter(whereOf([parseCondition(text)], columns));
  assert.deepEqual(rows("size=1"), [0, 1, 4]);
  assert.deepEqual(rows("size=1.00"), [0, 1, 4]);
  assert.deepEqual(rows("size!=1.0"), [2]);
});

Deno.test("whereOf() holds a list to what it has", () => {
  assert.deepEqual(found("tags=red"), [0, 1, 4]);
  assert.deepEqual(found("tags!=red"), [3]);
  assert.deepEqual(found('tags="a,b"'), [0]);
  assert.deepEqual(found('"a=b"=x', "tags=white,red"), [0, 3, 4]);
});

Deno.test("parseCondition() reads names in double quotes with any character", () => {
  const odd = 'say "hi", a=b <c>\\ ü';
  assert.deepEqual(parseCondition(`${JSON.stringify(odd)} != ${JSON.stringify(odd)},x`), {
    column: odd,
    operator: "!=",
    values: [odd, "x"],
  });
  assert.deepEqual(parseCondition("Heel Height=1in - 1 3/4in").values, ["1in - 1 3/4in"]);
});

Deno.test("parseCondition() and whereOf() refuse what cannot be meant, and say what there is", () => {
  const refuses = (text: string, message: RegExp) =>
    assert.throws(() => found(text), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  refuses(
    "gendre=women",
    /where gendre=women: there is no column "gendre"; there are gender, heel/,
  );
  refuses("gender=womn", /no image has the value "womn"; there are women, girls, men$/);
  refuses("gender!=womn", /no image has the value "womn"/);
  refuses("gender<3", /< compares numbers, and the column holds "women"; compare with = or !=/);
  refuses("heel<tall", /< compares with one number/);
  refuses("heel<1,2", /< compares with one number/);
  refuses("gender", /no comparison follows the column/);
  refuses("=women", /does not begin with a column/);
  refuses("gender=", /a value is missing/);
  refuses("gender=women,", /a value is missing/);
  refuses('gender="women', /a value is missing/);
  refuses("", /does not begin with a column/);
});

Deno.test("whereOf() takes columns and values in either of Unicode's forms", () => {
  const [composed, decomposed] = ["Gr\u00f6\u00dfe", "Gro\u0308\u00dfe"];
  for (const [given, held] of [[composed, decomposed], [decomposed, composed]]) {
    const columns = new Map([[held, [[held], ["other"]]]]);
    for (const condition of [`${given}=${given}`, `${given}!=other`]) {
      const meets = whereOf([parseCondition(condition)], columns);
      assert.deepEqual([meets(0), meets(1)], [true, false]);
    }
  }
});
