import assert from "node:assert/strict";
import { typedNotions } from "../../src/cli/typed_notions.ts";
import { CsnError, UsageError } from "../../src/base/errors.ts";

Deno.test("typedNotions() puts a column's type into its rule", () => {
  const given = ["a", "b:ordinal", "x:y", "x:y:multi", ":numeric"];
  assert.deepEqual(typedNotions(given, { b: { order: ["u", "v"] } }), {
    notions: ["a", "b", "x:y", "x:y", ":numeric"],
    rules: { b: { order: ["u", "v"], type: "ordinal" }, "x:y": { type: "multi" } },
  });
  assert.deepEqual(typedNotions(), { notions: [], rules: {} });
});

Deno.test("typedNotions() refuses a type that the rules contradict", () => {
  const rules = { a: { type: "numeric" as const, unlike: 1 } };
  assert.throws(
    () => typedNotions(["a:categorical"], rules),
    (error: unknown) =>
      error instanceof UsageError &&
      /"a" as categorical .* numeric in the rules/.test(error.message),
  );
  assert.throws(() => typedNotions(["a:multi", "a:ordinal"]), /multi in another --notion/);
  assert.throws(
    () => typedNotions(["a:categorical"], { a: { unlike: 1 } }),
    (error: unknown) => error instanceof CsnError && /"unlike" has no meaning/.test(error.message),
  );
});
