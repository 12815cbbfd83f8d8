import assert from "node:assert/strict";
import { spinCount, withSpinCount } from "../../src/native/waiting_threads.ts";

/** Runs `body` with these variables alone set of those that say how threads wait. */
function withVariables(set: Record<string, string>, body: () => void): void {
  const names = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"];
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of names) Deno.env.delete(name);
  for (const [name, value] of Object.entries(set)) Deno.env.set(name, value);
  try {
    body();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

/** What programs in other languages see: libgomp reads the environment of C. */
function seenByC(): string | undefined {
  const libc = Deno.dlopen("libc.so.6", { getenv: { parameters: ["buffer"], result: "pointer" } });
  try {
    const value = libc.symbols.getenv(new TextEncoder().encode("GOMP_SPINCOUNT\0"));
    return value === null ? undefined : new Deno.UnsafePointerView(value).getCString();
  } finally {
    libc.close();
  }
}

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "withSpinCount() shows libgomp the count while it loads, and takes it back",
  ignore,
  fn: () =>
    withVariables({}, () => {
      assert.equal(withSpinCount(seenByC), String(spinCount));
      assert.equal(Deno.env.get("GOMP_SPINCOUNT"), undefined);
      assert.throws(() =>
        withSpinCount(() => {
          throw new Error("no such library");
        })
      );
      assert.equal(Deno.env.get("GOMP_SPINCOUNT"), undefined);
    }),
});

Deno.test({
  name: "withSpinCount() leaves alone what the user says of waiting threads",
  ignore,
  fn: () => {
    withVariables({ GOMP_SPINCOUNT: "7" }, () => {
      assert.equal(withSpinCount(seenByC), "7");
      assert.equal(Deno.env.get("GOMP_SPINCOUNT"), "7");
    });
    withVariables({ OMP_WAIT_POLICY: "active" }, () => {
      assert.equal(withSpinCount(seenByC), undefined);
    });
  },
});
