/** Which libtorch `setUp()` takes. */
import assert from "node:assert/strict";
import { inRange, versionOf } from "../../src/native/libtorch.ts";
import { platform } from "../../src/native/platform.ts";
import { join } from "../../src/files/paths.ts";
import {
  fakeLibtorch,
  fakePython,
  linesOf,
  programs,
  quickCompiler,
  setUpFails,
  setUpParts,
} from "../helpers/set_up.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const libraryFile = `lib/libtorch_cpu${platform().ending}`;

/** Programs and a cache in a folder, with the pinned libtorch in the cache, and a `python3` as given. */
async function machine(
  folder: string,
  python?: string,
): Promise<{ env: Record<string, string>; inCache: string }> {
  const bin = await programs(join(folder, "bin"), {
    "c++": quickCompiler(),
    ...(python === undefined ? {} : { python3: python }),
  });
  const cache = join(folder, "cache");
  const inCache = await fakeLibtorch(join(cache, "libtorch-2.13.0", "torch"), "2.13.0+cpu");
  return { env: { CSN_CACHE: cache, PATH: bin }, inCache };
}

Deno.test("setUp() takes LIBTORCH before the torch of python3 before the one in the cache", async () => {
  await using folder = await TemporaryFolder.make();
  const log = join(folder.path, "log");
  const torch = await fakeLibtorch(join(folder.path, "site", "torch"), "2.14.1+cu130");
  const { env, inCache } = await machine(folder.path, fakePython(torch, [], log));
  const LIBTORCH = await fakeLibtorch(join(folder.path, "own"), "2.11.0");

  const chosen = await setUpParts({ ...env, LIBTORCH });
  assert.deepEqual(
    [chosen.source, chosen.libtorchFolder, chosen.libtorchVersion, chosen.why],
    ["LIBTORCH", LIBTORCH, "2.11.0", "LIBTORCH names it"],
  );
  assert.deepEqual(await linesOf(log), [], "python3 was started");

  const python = await setUpParts({ ...env, LIBTORCH: "" });
  assert.deepEqual(
    [python.source, python.libtorchFolder, python.libtorchVersion],
    ["python3", torch, "2.14.1+cu130"],
  );

  await Deno.remove(join(folder.path, "bin", "python3"));
  const wheel = await setUpParts(env);
  assert.deepEqual([wheel.source, wheel.libtorchFolder], ["wheel", inCache]);
  assert.match(wheel.why, /LIBTORCH is not set, and there is no python3/);
});

Deno.test("setUp() refuses a LIBTORCH that cannot be used and takes no other", async () => {
  await using folder = await TemporaryFolder.make();
  const { env } = await machine(folder.path);
  const at = (name: string) => join(folder.path, name);
  const remedy =
    "; set it to a folder of libtorch 2\\.11 to 2\\.15.*unset it and run `start\\(\\)`";
  const refused = (name: string, why: string) =>
    setUpFails(
      { ...env, LIBTORCH: at(name) },
      new RegExp(`LIBTORCH=${at(name).replace("+", "\\+")}: ${why}${remedy}`),
    );

  await refused("none", "there is no such folder");
  await Deno.mkdir(at("empty"));
  await refused("empty", "it names no version of libtorch");
  await fakeLibtorch(at("unreadable"), "2.13.0");
  await Deno.writeTextFile(join(at("unreadable"), "version.py"), "version = unknown\n");
  await refused("unreadable", "it names no version of libtorch");
  for (const version of ["1.13.1", "2.10.0", "2.16.0+cpu", "3.12.0"]) {
    await fakeLibtorch(at(version), version);
    const stated = version.replaceAll(/[.+]/g, "\\$&");
    await refused(version, `it is version ${stated}, csn works with 2\\.11 to 2\\.15`);
  }
  await Deno.remove(join(await fakeLibtorch(at("no-library"), "2.13.0"), libraryFile));
  await refused("no-library", `${libraryFile} is not there`);
  await Deno.remove(join(await fakeLibtorch(at("no-headers"), "2.13.0"), "include/ATen/ATen.h"));
  await refused("no-headers", "include/ATen/ATen\\.h is not there");
});

Deno.test("setUp() passes over a torch of python3 that does not fit, and says why", async () => {
  await using folder = await TemporaryFolder.make();
  const torch = await fakeLibtorch(join(folder.path, "site", "torch"), "1.13.1");
  const { env } = await machine(folder.path, fakePython(torch, [], "/dev/null"));
  const passedOver = async (why: RegExp) => {
    const parts = await setUpParts(env);
    assert.equal(parts.source, "wheel");
    assert.match(parts.why, why);
  };
  await passedOver(/the torch of python3 \(.*site\/torch\) does not fit: it is version 1\.13\.1/);
  await fakeLibtorch(torch, "2.13.0");
  await Deno.remove(join(torch, "include"), { recursive: true });
  await passedOver(/does not fit: include\/ATen\/ATen\.h is not there/);
  await Deno.remove(join(torch, "version.py"));
  await passedOver(/does not fit: its version cannot be read/);
});

Deno.test("setUp() passes over a python3 that has no torch or does not work", async () => {
  await using folder = await TemporaryFolder.make();
  for (
    const [python, why] of [
      [fakePython(null, [], "/dev/null"), /bin\/python3 has no torch/],
      ["exit 1", /bin\/python3 does not work/],
      ["echo hello", /bin\/python3 does not work/],
    ] as const
  ) {
    const { env } = await machine(join(folder.path, String(why).replaceAll(/\W/g, "")), python);
    const parts = await setUpParts(env);
    assert.equal(parts.source, "wheel");
    assert.match(parts.why, why);
  }
});

Deno.test("setUp() asks python3 again only when its folders or its settings changed", async () => {
  await using folder = await TemporaryFolder.make();
  const log = join(folder.path, "log");
  const site = join(folder.path, "site");
  await Deno.mkdir(site);
  const { env } = await machine(folder.path, fakePython(join(site, "torch"), [site], log));
  const asked = async (more: Record<string, string> = {}) => {
    const { source } = await setUpParts({ ...env, ...more });
    return [source, (await linesOf(log)).length];
  };
  assert.deepEqual(await asked(), ["wheel", 1]);
  assert.deepEqual(await asked(), ["wheel", 1]);
  await fakeLibtorch(join(site, "torch"), "2.13.0");
  assert.deepEqual(await asked(), ["python3", 2]);
  assert.deepEqual(await asked(), ["python3", 2]);
  assert.deepEqual(await asked({ PYTHONPATH: "/elsewhere" }), ["python3", 3]);
  // A version is never remembered.
  await fakeLibtorch(join(site, "torch"), "2.16.0");
  assert.deepEqual(await asked({ PYTHONPATH: "/elsewhere" }), ["wheel", 3]);
});

Deno.test("setUp() finds the torch that the real python3 would import, but none where it is started", async () => {
  await using folder = await TemporaryFolder.make();
  const site = join(folder.path, "site");
  const torch = await fakeLibtorch(join(site, "torch"), "2.12.1");
  // Importing it would fail: it is only looked for.
  await Deno.writeTextFile(join(torch, "__init__.py"), "raise SystemExit(1)\n");
  const { env } = await machine(folder.path);
  const PATH = `${env.PATH}:${Deno.env.get("PATH")}`;
  const found = await setUpParts({ ...env, PATH, PYTHONPATH: site });
  assert.deepEqual([found.source, found.libtorchFolder], ["python3", torch]);
  const { libtorchFolder } = await setUpParts({ ...env, PATH }, { cwd: site });
  assert.notEqual(libtorchFolder, torch);
});

Deno.test("versionOf() reads version.py, else build-version, else the header", async () => {
  await using folder = await TemporaryFolder.make();
  const write = async (file: string, text: string) => {
    const path = join(folder.path, file);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, text);
  };
  assert.equal(versionOf(folder.path), null);
  await write("include/torch/headeronly/version.h", "#define TORCH_VERSION_MAJOR 2\n");
  assert.equal(versionOf(folder.path), null);
  await write(
    "include/torch/headeronly/version.h",
    "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 12\n#define TORCH_VERSION_PATCH 1\n",
  );
  assert.equal(versionOf(folder.path), "2.12.1");
  await write("build-version", "2.13.0+cu130\n");
  assert.equal(versionOf(folder.path), "2.13.0+cu130");
  await write("version.py", "from typing import Any\n__version__ = '2.14.0+cpu'\n");
  assert.equal(versionOf(folder.path), "2.14.0+cpu");
});

Deno.test("inRange() takes 2.11 to 2.15 with any patch, local and pre-release part", () => {
  const fitting = ["2.11.0", "2.13.0+cpu", "2.15.9", "2.13.0a0+git1234567", "2.12"];
  const others = ["2.10.9", "2.16.0", "1.13.1", "3.12.0", "2", "unknown", ""];
  assert.deepEqual([...fitting, ...others].filter(inRange), fitting);
});

Deno.test("setUp() starts python3 and the compiler where the linker's settings are set", async () => {
  await using folder = await TemporaryFolder.make();
  const torch = await fakeLibtorch(join(folder.path, "site", "torch"), "2.14.1+cu130");
  const { env } = await machine(folder.path, fakePython(torch, [], join(folder.path, "log")));
  const parts = await setUpParts({
    ...env,
    LIBTORCH: "",
    LD_LIBRARY_PATH: "/usr/local/cuda/lib64",
  });
  assert.equal(parts.libtorchFolder, torch);
});
