import assert from "node:assert/strict";
import { describePytorch, findPython, pythonProgram } from "../../../scripts/bench/pytorch.ts";
import { CsnError } from "../../../src/base/errors.ts";

Deno.test("findPython() takes a python that is named as it is, without packages of csn's", async () => {
  assert.deepEqual(await findPython("python3.11", () => assert.fail("nothing to say")), {
    command: "python3.11",
    env: {},
  });
});

Deno.test("describePytorch() says which python is missing, and which has no PyTorch", async () => {
  const fault = (command: string, env: Record<string, string>) =>
    describePytorch({ command, env }).then(() => assert.fail("it found PyTorch"), (error) => {
      assert.ok(error instanceof CsnError, String(error));
      return error.message;
    });
  assert.match(await fault("/no/such/python", {}), /there is no program \/no\/such\/python; pass /);
  // Nothing is imported from a folder that does not exist.
  assert.match(
    await fault("python3", { PYTHONHOME: "/no/such/folder" }),
    /python3 cannot import it: .*; pass --python/,
  );
});

Deno.test("pythonProgram() passes options by name", () => {
  const { command, args, env } = pythonProgram(
    { command: "python3", env: { PYTHONPATH: "/packages" } },
    "step_speed.py",
    { variant: "eager", threads: 2 },
  );
  assert.equal(command, "python3");
  assert.deepEqual(env, { PYTHONPATH: "/packages" });
  assert.match(args[0], /scripts\/pytorch\/step_speed\.py$/);
  assert.deepEqual(args.slice(1), ["--variant", "eager", "--threads", "2"]);
});
