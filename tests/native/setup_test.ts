/** Set-up in processes of their own, with caches and programs of their own. */
import assert from "node:assert/strict";
import { openedParts } from "../../src/native/library.ts";
import { fromFileUrl, join } from "../../src/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { zip } from "../helpers/zip.ts";

const program = fromFileUrl(new URL("../helpers/set_up_program.ts", import.meta.url));

/** The libtorch that these tests run with. */
const { libtorchFolder, libtorchVersion, shimPath } = openedParts();

async function run(
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-ffi",
      "--allow-run=python3,c++",
      program,
      ...args,
    ],
    clearEnv: true,
    env: { HOME: Deno.env.get("HOME")!, PATH: Deno.env.get("PATH")!, ...inherited(), ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Where Deno and pip find their things stays as it is. */
function inherited(): Record<string, string> {
  return Object.fromEntries(["DENO_DIR", "PIP_CERT"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

async function fails(
  env: Record<string, string>,
  message: RegExp,
  args: readonly string[] = [],
): Promise<void> {
  const { code, stderr } = await run(env, args);
  assert.equal(code, 1, stderr);
  assert.match(stderr, message);
}

/** A folder of programs for PATH. */
async function programs(folder: string, scripts: Record<string, string>): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, body] of Object.entries(scripts)) {
    await Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  return folder;
}

/** What looks like libtorch, with this version in its version.py. */
async function fakeLibtorch(folder: string, version: string): Promise<string> {
  await Deno.mkdir(join(folder, "lib"), { recursive: true });
  await Deno.mkdir(join(folder, "include", "ATen"), { recursive: true });
  await Deno.writeTextFile(join(folder, "lib", "libtorch_cpu.so"), "");
  await Deno.writeTextFile(join(folder, "include", "ATen", "ATen.h"), "");
  await Deno.writeTextFile(join(folder, "version.py"), `__version__ = '${version}'\n`);
  return folder;
}

/** A compiler that makes empty files, and a line a call in a log. */
const quickCompiler = (log: string) =>
  `echo call >> ${log}\nwhile [ $# -gt 0 ]; do if [ "$1" = -o ]; then : > "$2"; fi; shift; done`;

Deno.test("setUp() refuses a LIBTORCH that cannot be used and takes no other", async () => {
  await using folder = await TemporaryFolder.make();
  const cache = { CSN_CACHE: folder.path };
  const at = (name: string) => join(folder.path, name);
  await fails(
    { ...cache, LIBTORCH: at("none") },
    /LIBTORCH=.*none: there is no such folder; set it to .*2\.11 to 2\.15.*unset it/,
  );
  await Deno.mkdir(at("empty"));
  await fails({ ...cache, LIBTORCH: at("empty") }, /LIBTORCH=.*empty: it names no version/);
  for (const version of ["1.13.1", "2.10.0", "2.16.0+cpu"]) {
    await fails(
      { ...cache, LIBTORCH: await fakeLibtorch(at(version), version) },
      new RegExp(
        `it is version ${version.replaceAll(/[.+]/g, "\\$&")}, csn works with 2\\.11 to 2\\.15`,
      ),
    );
  }
  await Deno.remove(join(await fakeLibtorch(at("half"), "2.13.0"), "lib", "libtorch_cpu.so"));
  await fails({ ...cache, LIBTORCH: at("half") }, /lib\/libtorch_cpu\.so is not there/);
});

Deno.test("setUp() without libtorch and without python3 says what to install or set", async () => {
  await using folder = await TemporaryFolder.make();
  await fails(
    { CSN_CACHE: folder.path, PATH: "/nowhere" },
    /Cannot fetch libtorch: python3 with pip.*apt-get install.*LIBTORCH/,
  );
});

Deno.test("setUp() without a network says so and leaves nothing half-installed", async () => {
  await using folder = await TemporaryFolder.make();
  const cache = join(folder.path, "cache");
  await fails(
    { CSN_CACHE: cache, PIP_NO_INDEX: "1" },
    /Cannot download torch==2\.13\.0.*check the network.*LIBTORCH/,
  );
  const left = [...Deno.readDirSync(cache)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["python3.json", "setup.lock"]);
});

Deno.test("setUp() without a compiler says what to install, but uses a shim that is built", async () => {
  await using folder = await TemporaryFolder.make();
  const env = {
    CSN_CACHE: folder.path,
    LIBTORCH: await fakeLibtorch(join(folder.path, "torch"), "2.13.0"),
  };
  await fails(
    { ...env, PATH: "/nowhere" },
    /no C\+\+ compiler was found.*apt-get install g\+\+.*deno task setup/,
  );
  const bin = await programs(join(folder.path, "bin"), { "c++": quickCompiler("/dev/null") });
  const built = await run({ ...env, PATH: `${bin}:/usr/bin:/bin` });
  assert.equal(built.code, 0, built.stderr);
  const again = await run({ ...env, PATH: "/nowhere" });
  assert.equal(again.code, 0, again.stderr);
  assert.equal(JSON.parse(again.stdout).shimPath, JSON.parse(built.stdout).shimPath);
});

Deno.test("setUp() shows a failing compiler's first errors and leaves no shim behind", async () => {
  await using folder = await TemporaryFolder.make();
  const bin = await programs(join(folder.path, "bin"), {
    "c++": 'echo "call.cpp:1: error: no C++20" >&2; exit 1',
  });
  const cache = join(folder.path, "cache");
  const LIBTORCH = await fakeLibtorch(join(folder.path, "torch"), "2.13.0");
  await fails(
    { CSN_CACHE: cache, LIBTORCH, PATH: `${bin}:/usr/bin:/bin` },
    /c\+\+ said: call\.cpp:1: error: no C\+\+20.*all of it is in .*\.log/,
  );
  const left = [...Deno.readDirSync(cache)].filter(({ isDirectory }) => isDirectory);
  assert.deepEqual(left, []);
});

Deno.test("setUp() in two processes at once builds once, and not again when all is there", async () => {
  await using folder = await TemporaryFolder.make();
  const log = join(folder.path, "log");
  const bin = await programs(join(folder.path, "bin"), { "c++": quickCompiler(log) });
  const LIBTORCH = await fakeLibtorch(join(folder.path, "torch"), "2.13.0");
  const env = { CSN_CACHE: join(folder.path, "cache"), LIBTORCH, PATH: `${bin}:/usr/bin:/bin` };
  const results = await Promise.all([run(env), run(env)]);
  for (const { code, stderr } of [...results, await run(env)]) assert.equal(code, 0, stderr);
  const units = [...Deno.readDirSync(new URL("../../native/src/", import.meta.url))].filter((
    { name },
  ) => name.endsWith(".cpp"));
  const calls = (await Deno.readTextFile(log)).trim().split("\n");
  assert.equal(calls.length, units.length + 1);
});

Deno.test("setUp() builds another shim for another libtorch or another compiler", async () => {
  await using folder = await TemporaryFolder.make();
  const paths = new Set<string>();
  for (const [torch, compiler] of [["a", "x"], ["b", "x"], ["a", "y"]]) {
    const bin = await programs(join(folder.path, compiler), { "c++": quickCompiler("/dev/null") });
    const LIBTORCH = await fakeLibtorch(join(folder.path, torch), "2.13.0");
    const { stdout, stderr } = await run({
      CSN_CACHE: join(folder.path, "cache"),
      LIBTORCH,
      PATH: `${bin}:/usr/bin:/bin`,
    });
    paths.add(JSON.parse(stdout || `"${stderr}"`).shimPath);
  }
  assert.equal(paths.size, 3);
});

Deno.test("setUp() takes the torch of python3 when it fits, and says why not when it does not", async () => {
  await using folder = await TemporaryFolder.make();
  const torch = join(folder.path, "site", "torch");
  const python = `echo '{"torch": "${torch}", "paths": ["${join(folder.path, "site")}"]}'`;
  const bin = await programs(join(folder.path, "bin"), {
    "c++": quickCompiler("/dev/null"),
    "python3": python,
  });
  const env = { CSN_CACHE: join(folder.path, "cache"), PATH: `${bin}:/usr/bin:/bin` };
  await fakeLibtorch(torch, "2.14.1+cu130");
  const { stdout, stderr } = await run(env);
  assert.deepEqual(
    [JSON.parse(stdout || `"${stderr}"`).source, JSON.parse(stdout).libtorchFolder],
    ["python3", torch],
  );
  // Another torch in its place: the remembered answer names the same folder, its version is read anew.
  await Deno.remove(torch, { recursive: true });
  await fakeLibtorch(torch, "1.13.1");
  await fails(
    env,
    /the torch of python3 .* does not fit: it is version 1\.13\.1[^]*pip ended without a wheel/,
  );
});

Deno.test("setUp() fetches a wheel by pip and unpacks what a machine without a GPU needs", async () => {
  await using folder = await TemporaryFolder.make();
  const index = join(folder.path, "index");
  await Deno.mkdir(index);
  const metadata = (name: string, version: string, more = "") =>
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${more}`;
  const wheel = async (name: string, version: string, files: Record<string, string>, more = "") => {
    const info = `${name}-${version}.dist-info`;
    const entries = Object.entries({
      ...files,
      [`${info}/METADATA`]: metadata(name.replaceAll("_", "-"), version, more),
      [`${info}/WHEEL`]:
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
      [`${info}/RECORD`]: "",
    }).map(([file, text]) => ({ name: file, data: new TextEncoder().encode(text) }));
    await Deno.writeFile(join(index, `${name}-${version}-py3-none-any.whl`), zip(entries));
  };
  await wheel("torch", "2.13.0", {
    "torch/version.py": "__version__ = '2.13.0+cu130'\n",
    "torch/__init__.py": "",
    "torch/lib/libtorch_cpu.so": "cpu",
    "torch/lib/libtorch_cuda.so": "cuda",
    "torch/lib/libtorch_python.so": "python",
    "torch/lib/libgomp.so.1": "gomp",
    "torch/include/ATen/ATen.h": "",
    "torch/include/torch/csrc/x.h": "",
  }, 'Requires-Dist: cuda-toolkit[cudart]==13.0.3; platform_system == "Linux"\n');
  await wheel("nvidia_cuda_runtime", "13.0.96", {
    "nvidia/cu13/lib/libcudart.so.13": "cudart",
    "nvidia/cu13/include/x.h": "",
  });
  await wheel("nvidia_cuda_cupti", "13.0.85", {
    "nvidia/cu13/lib/libcupti.so.13": "cupti",
    "nvidia/cu13/lib/libnvperf.so": "",
  });
  const bin = await programs(join(folder.path, "bin"), { "c++": quickCompiler("/dev/null") });
  const cache = join(folder.path, "cache");
  const { code, stdout, stderr } = await run({
    CSN_CACHE: cache,
    PIP_NO_INDEX: "1",
    PIP_FIND_LINKS: index,
    PATH: `${bin}:${Deno.env.get("PATH")}`,
  });
  assert.equal(code, 0, stderr);
  const { source, libtorchFolder: found, libtorchVersion: version } = JSON.parse(stdout);
  assert.deepEqual([source, found, version], [
    "wheel",
    join(cache, "libtorch-2.13.0", "torch"),
    "2.13.0+cu130",
  ]);
  assert.deepEqual(
    filesIn(join(cache, "libtorch-2.13.0")).filter((file) => !file.includes("dist-info")),
    [
      "nvidia/cu13/lib/libcudart.so.13",
      "nvidia/cu13/lib/libcupti.so.13",
      "torch/include/ATen/ATen.h",
      "torch/lib/libgomp.so.1",
      "torch/lib/libtorch_cpu.so",
      "torch/version.py",
    ],
  );
  assert.deepEqual(
    [...Deno.readDirSync(cache)].map(({ name }) => name).filter((name) => name.endsWith(".part")),
    [],
  );
});

function filesIn(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(join(folder, name), `${prefix}${name}/`) : [prefix + name]
  ).sort();
}

Deno.test("openLibrary() refuses a shim of another libtorch or interface, and names the command that rebuilds it", async () => {
  await using folder = await TemporaryFolder.make();
  const fake = async (name: string, version: string, abi: number) => {
    const source = join(folder.path, `${name}.cpp`);
    const exported = [
      ...(await Deno.readTextFile(new URL("../../native/include/csn.h", import.meta.url))).matchAll(
        /CSN_API \w+ (csn_\w+)\(/g,
      ),
    ].map((match) => match[1]);
    const others = exported.filter((each) =>
      each !== "csn_abi_version" && each !== "csn_built_for"
    );
    await Deno.writeTextFile(
      source,
      `#include <cstring>\nextern "C" {\nunsigned csn_abi_version() { return ${abi}; }\n` +
        `int csn_built_for(char *out, unsigned cap) { std::strncpy(out, "${version}", cap); return 0; }\n` +
        others.map((each) => `int ${each}() { return -1; }\n`).join("") + "}\n",
    );
    const library = join(folder.path, `${name}.so`);
    const { success, stderr } = await new Deno.Command("c++", {
      args: ["-shared", "-fPIC", source, "-o", library],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return library;
  };
  const plain = libtorchVersion.replace(/\+.*/, "");
  await fails(
    {},
    new RegExp(
      `it was built for libtorch 2\\.11\\.0, found libtorch ${plain}.*deno task setup --rebuild`,
    ),
    [await fake("other", "2.11.0", 1), libtorchFolder, libtorchVersion],
  );
  await fails({}, /its interface is version 99, this csn needs 1.*deno task setup --rebuild/, [
    await fake("abi", plain, 99),
    libtorchFolder,
    libtorchVersion,
  ]);
  await fails({}, /Cannot load the shim.*deno task doctor.*deno task setup --rebuild/, [
    join(folder.path, "none.so"),
    libtorchFolder,
    libtorchVersion,
  ]);
  const good = await run({}, [shimPath, libtorchFolder, libtorchVersion]);
  assert.equal(good.code, 0, good.stderr);
});
