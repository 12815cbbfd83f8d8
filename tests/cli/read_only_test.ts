import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { canMountReadOnly, readOnlyPrefix } from "../helpers/read_only.ts";
import { runCli } from "../helpers/run_cli.ts";
import { fakeLibtorch } from "../helpers/set_up.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

const ignore = !await canMountReadOnly();

/** A set and a model; `run` runs a command that finds the set read-only in `mounted`. */
async function readOnlySet(folder: string) {
  const [source, mounted] = [join(folder, "source"), join(folder, "mounted")];
  await writeTinySet(source);
  await Deno.mkdir(mounted);
  const model = await writeTinyModel(folder);
  const run = (args: string[], env: Record<string, string> = {}) =>
    runCli(args, { prefix: readOnlyPrefix(source, mounted), env });
  return { mounted, model, run };
}

Deno.test({
  name: "audit examines lists and pictures of a set on a read-only disk",
  ignore,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    const { mounted, run } = await readOnlySet(folder.path);
    const cache = join(folder.path, "cache");
    const first = await run(["audit", mounted], { CSN_CACHE: cache });
    assert.match(first.stdout, /nearly the same as one of another split +\d+/, first.stderr);
    assert.match(
      first.stderr,
      /the image pack of tiny is kept as .*cache\/packs\/mounted-.*32\.pack: .* \(Read-only file system\)/,
    );
    const second = await run(["audit", mounted], { CSN_CACHE: cache });
    assert.equal(second.stdout, first.stdout);
    assert.doesNotMatch(second.stderr, /pack|Decoding/);
  },
});

Deno.test({
  name: "audit shows what the lists hold where no pack can be made at all",
  ignore,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    const { mounted, run } = await readOnlySet(folder.path);
    const { stdout } = await run(["audit", mounted, "--pack-dir", join(mounted, "packs")]);
    assert.match(stdout, /colour +train +64 /);
    assert.match(stdout, /the same to the byte as one of another split +\d+/);
    assert.match(
      stdout,
      /not examined:\n {2}which pictures look nearly the same: Cannot make the image pack .*Read-only file system; choose a folder that can be written with --pack-dir/,
    );
  },
});

Deno.test({
  name: "test and report use the pack that --pack-dir names",
  ignore,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    const { mounted, model, run } = await readOnlySet(folder.path);
    const packs = join(folder.path, "packs");
    const common = ["--resume", model, "--data", mounted, "--pack-dir", packs, "--threads", "1"];
    const tested = await run(["test", ...common]);
    assert.equal(tested.code, 0, tested.stderr);
    assert.match(tested.stderr, /the image pack of tiny is kept as .*packs\/mounted-/);
    const out = join(folder.path, "report.html");
    const reported = await run(["report", ...common, "--out", out]);
    assert.equal(reported.code, 0, reported.stderr);
    assert.doesNotMatch(reported.stderr, /image pack/);
  },
});

Deno.test({
  name: "setup says which variable to set when its cache is on a read-only disk",
  ignore,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    const [empty, cache] = [join(folder.path, "empty"), join(folder.path, "cache")];
    for (const path of [empty, cache]) await Deno.mkdir(path);
    const { code, stderr } = await runCli(["setup"], {
      env: { CSN_CACHE: cache, LIBTORCH: await fakeLibtorch(join(folder.path, "torch"), "2.13.0") },
      prefix: readOnlyPrefix(empty, cache),
    });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: Cannot write to the cache .*: Read-only file system.*; set CSN_CACHE to a folder that can be written, then run `deno task setup`$/m,
    );
    assert.doesNotMatch(stderr, /unexpected/);
  },
});
