/** How `setUp()` fetches libtorch: by the real pip, from a folder of small wheels. */
import assert from "node:assert/strict";
import { FileLock } from "../../src/files/file_lock.ts";
import { hasNvidiaDriver } from "../../src/native/platform.ts";
import { join } from "../../src/files/paths.ts";
import {
  linesOf,
  namesIn,
  programs,
  pythonWithPip,
  quickCompiler,
  setUpFails,
  setUpParts,
  startSetUp,
} from "../helpers/set_up.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { torchFiles, writeTorch } from "../helpers/wheels.ts";

/** What is fetched depends on the system and on its driver. */
const isPlain = Deno.build.os === "linux" && !hasNvidiaDriver();

/** A cache, a folder of wheels and a `python3` without torch, which notes pip's calls in `log`. */
async function machine(
  folder: string,
  beforePip = "",
): Promise<{ env: Record<string, string>; wheels: string; log: string }> {
  const log = join(folder, "log");
  const wheels = join(folder, "wheels");
  await Deno.mkdir(wheels, { recursive: true });
  const bin = await programs(join(folder, "bin"), {
    "c++": quickCompiler(),
    "python3": pythonWithPip(`echo "$*" >> ${log}\n${beforePip}`),
  });
  return {
    env: {
      CSN_CACHE: join(folder, "cache"),
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      PIP_NO_INDEX: "1",
      PIP_FIND_LINKS: wheels,
    },
    wheels,
    log,
  };
}

/** Files in the fetched libtorch but for the wheel's own notes. */
function fetched({ CSN_CACHE }: Record<string, string>): string[] {
  return filesIn(join(CSN_CACHE, "libtorch-2.13.0")).filter((file) => !file.includes("dist-info"));
}

function filesIn(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(join(folder, name), `${prefix}${name}/`) : [prefix + name]
  ).sort();
}

/** Asserts that nothing of libtorch is in the cache, finished or half. */
function assertNothingLeft({ CSN_CACHE }: Record<string, string>): void {
  assert.deepEqual(namesIn(CSN_CACHE), ["python3.json"]);
}

Deno.test({
  name: "setUp() unpacks of a wheel for CUDA what a machine without a GPU needs",
  ignore: !isPlain,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    const { env, wheels, log } = await machine(folder.path);
    await writeTorch(wheels, { cuda: true });
    const parts = await setUpParts(env);
    const root = join(env.CSN_CACHE, "libtorch-2.13.0");
    assert.deepEqual(
      [parts.source, parts.libtorchFolder, parts.libtorchVersion],
      ["wheel", join(root, "torch"), "2.13.0+cu130"],
    );
    assert.match(parts.notices, /libtorch must be fetched: LIBTORCH is not set, and .*no torch/);
    assert.match(parts.notices, /No NVIDIA driver was found/);
    const runtime = ["nvidia/cu13/lib/libcudart.so.13", "nvidia/cu13/lib/libcupti.so.13"];
    assert.deepEqual(fetched(env), [...runtime, ...Object.keys(torchFiles.needed).sort()]);
    for (const file of runtime) {
      assert.equal(await Deno.readTextFile(join(root, file)), "13.0.96");
    }
    assert.equal(await Deno.readTextFile(join(root, "torch/lib/libtorch_cpu.so")), "cpu");
    assert.deepEqual(namesIn(env.CSN_CACHE).filter((name) => name.endsWith(".part")), []);
    // A second time nothing is fetched.
    const calls = await linesOf(log);
    const again = await setUpParts(env);
    assert.deepEqual([again.source, again.notices], ["wheel", ""]);
    assert.deepEqual(await linesOf(log), calls);
  },
});

Deno.test({
  name: "setUp() fetches nothing but torch where its wheel is without CUDA",
  ignore: !isPlain,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    const { env, wheels, log } = await machine(folder.path);
    await writeTorch(wheels, { cuda: false });
    await setUpParts(env);
    assert.deepEqual(fetched(env), Object.keys(torchFiles.needed).sort());
    const [call, ...more] = await linesOf(log);
    assert.deepEqual(more, []);
    assert.match(call, /-m pip download .*--no-deps .*torch==2\.13\.0$/);
  },
});

Deno.test({
  name: "setUp() takes the default index where that of the smaller wheels is out of reach",
  ignore: !isPlain,
  fn: async () => {
    await using folder = await TemporaryFolder.make();
    const { env, wheels, log } = await machine(
      folder.path,
      'case "$*" in *--index-url*) echo "ERROR: no route" >&2; exit 1 ;; esac',
    );
    await writeTorch(wheels, { cuda: true });
    const { source, notices } = await setUpParts(env);
    assert.equal(source, "wheel");
    assert.match(notices, /cannot be reached: the larger wheel of the default index is taken/);
    const calls = await linesOf(log);
    assert.deepEqual(calls.map((call) => call.includes("--index-url")), [true, false, false]);
  },
});

if (hasNvidiaDriver()) {
  Deno.test("setUp() with an NVIDIA driver unpacks all of torch and of what it needs", async () => {
    await using folder = await TemporaryFolder.make();
    const { env, wheels } = await machine(folder.path);
    await writeTorch(wheels, { cuda: true });
    const { source, notices } = await setUpParts(env);
    assert.equal(source, "wheel");
    assert.match(notices, /An NVIDIA driver was found/);
    const files = fetched(env);
    for (const kind of Object.values(torchFiles)) {
      for (const file of Object.keys(kind)) assert.ok(files.includes(file), file);
    }
    assert.ok(files.includes("nvidia/cu13/lib/libcudart.so.13"));
  });
}

Deno.test("setUp() without libtorch and without python3 says what to install or set", async () => {
  await using folder = await TemporaryFolder.make();
  await setUpFails(
    { CSN_CACHE: folder.path, PATH: "/nowhere" },
    /Cannot fetch libtorch: python3 with pip.*apt-get install python3 python3-pip.*set LIBTORCH/,
  );
  assert.deepEqual(namesIn(folder.path), []);
});

Deno.test("setUp() says so when python3 has no pip", async () => {
  await using folder = await TemporaryFolder.make();
  const { env } = await machine(
    folder.path,
    'echo "/usr/bin/python3: No module named pip" >&2; exit 1',
  );
  await setUpFails(
    env,
    /Cannot download torch==2\.13\.0 with `python3 -m pip`: .*No module named pip; .*LIBTORCH/,
  );
  assertNothingLeft(env);
});

Deno.test("setUp() without a network says so, leaves nothing, and succeeds when there is one", async () => {
  await using folder = await TemporaryFolder.make();
  const { env, wheels } = await machine(folder.path);
  await setUpFails(
    env,
    /Cannot download torch==2\.13\.0.*No matching distribution.*check the network.*set LIBTORCH/,
  );
  assertNothingLeft(env);
  await writeTorch(wheels, { cuda: true });
  assert.equal((await setUpParts(env)).source, "wheel");
});

Deno.test("setUp() leaves nothing when the wheels that torch needs cannot be had", async () => {
  await using folder = await TemporaryFolder.make();
  const { env, wheels } = await machine(folder.path);
  await writeTorch(wheels, { cuda: true });
  await Deno.remove(join(wheels, "nvidia_cuda_cupti-13.0.96-py3-none-any.whl"));
  await setUpFails(env, /Cannot download .*`python3 -m pip`: .*nvidia-cuda-cupti==13\.0\.\*/);
  assertNothingLeft(env);
});

Deno.test("setUp() refuses a damaged wheel and leaves nothing", async () => {
  await using folder = await TemporaryFolder.make();
  const { env, wheels } = await machine(folder.path);
  await writeTorch(wheels, { cuda: true, damaged: "torch/lib/libtorch_cpu.so" });
  await setUpFails(env, /Cannot unpack .*torch-2\.13\.0-.*\.whl: .*libtorch_cpu\.so/);
  assertNothingLeft(env);
  await Deno.truncate(join(wheels, "torch-2.13.0-py3-none-any.whl"), 500);
  await setUpFails(env, /Cannot (download|unpack) .*torch/);
  assertNothingLeft(env);
});

Deno.test("setUp() says so when pip brings no wheel", async () => {
  await using folder = await TemporaryFolder.make();
  const { env } = await machine(folder.path, "exit 0");
  await setUpFails(env, /Cannot fetch libtorch: pip ended without a wheel of torch==2\.13\.0/);
  assertNothingLeft(env);
});

Deno.test("setUp() fetches anew what a killed process left half, and what lost a file", async () => {
  await using folder = await TemporaryFolder.make();
  const { env, wheels } = await machine(folder.path);
  await writeTorch(wheels, { cuda: true });
  const left = join(env.CSN_CACHE, "libtorch-2.13.0.part", "unpacked", "torch");
  await Deno.mkdir(left, { recursive: true });
  await Deno.writeTextFile(join(left, "half"), "");
  const { libtorchFolder } = await setUpParts(env);
  const whole = fetched(env);
  assert.ok(!whole.includes("torch/half"));
  for (const file of ["lib/libtorch_cpu.so", "version.py"]) {
    await Deno.remove(join(libtorchFolder, file));
    assert.match((await setUpParts(env)).notices, /libtorch must be fetched/);
    assert.deepEqual(fetched(env), whole);
  }
});

Deno.test("setUp() in two processes at once fetches once", async () => {
  await using folder = await TemporaryFolder.make();
  const { env, wheels, log } = await machine(folder.path);
  await writeTorch(wheels, { cuda: false });
  await Deno.mkdir(env.CSN_CACHE);
  const lock = (await FileLock.tryTake(join(env.CSN_CACHE, "setup.lock")))!;
  const children = [startSetUp(env), startSetUp(env)];
  for (const child of children) {
    const reader = child.stderr.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    assert.match(new TextDecoder().decode(value), /is setting csn up; waiting for it/);
  }
  lock[Symbol.dispose]();
  for (const { code } of await Promise.all(children.map((child) => child.output()))) {
    assert.equal(code, 0);
  }
  assert.equal((await linesOf(log)).length, 1);
});
