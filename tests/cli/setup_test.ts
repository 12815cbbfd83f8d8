/** `setup` that a signal stops, in every part of its work: real processes, real signals. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { CliProcess } from "../helpers/run_cli.ts";
import {
  fakeLibtorch,
  namesIn,
  programs,
  pythonWithPip,
  quickCompiler,
} from "../helpers/set_up.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** A program that ends only when it is killed. */
const endless = "exec tail -f /dev/null";

const stops = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Stops `setup` once it printed `printed`: its code and its one line are right, and nothing half made is left. */
async function assertStopped(
  env: Record<string, string>,
  printed: RegExp,
  signal: keyof typeof stops,
): Promise<void> {
  const command = new CliProcess(["setup"], { env });
  await command.printed(printed);
  command.kill(signal);
  const { code, stderr } = await command.ended();
  assert.equal(code, stops[signal], stderr);
  const last = stderr.trimEnd().split("\n").at(-1);
  assert.equal(last, "Stopped: csn was not set up; the same command begins again");
  assert.doesNotMatch(stderr, /error|warning|unexpected/);
  assert.deepEqual(namesIn(env.CSN_CACHE).filter((name) => name !== "python3.json"), []);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`setup says that ${signal} stopped the compiler, and leaves nothing`, async () => {
    await using folder = await TemporaryFolder.make();
    const bin = await programs(join(folder.path, "bin"), { "c++": endless });
    const env = {
      CSN_CACHE: join(folder.path, "cache"),
      LIBTORCH: await fakeLibtorch(join(folder.path, "torch"), "2.13.0"),
      PATH: `${bin}:${Deno.env.get("PATH")}`,
    };
    await assertStopped(env, /Building the shim/, signal);
  });
}

Deno.test("setup says that a signal stopped pip, and leaves nothing", async () => {
  await using folder = await TemporaryFolder.make();
  const bin = await programs(join(folder.path, "bin"), {
    "c++": quickCompiler(),
    "python3": pythonWithPip(`echo pip >&2; ${endless}`),
  });
  const env = {
    CSN_CACHE: join(folder.path, "cache"),
    LIBTORCH: "",
    PATH: `${bin}:${Deno.env.get("PATH")}`,
  };
  await assertStopped(env, /driver was found/, "SIGTERM");
});
