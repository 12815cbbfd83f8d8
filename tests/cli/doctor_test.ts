import assert from "node:assert/strict";
import type { MachinePart } from "../../src/native/examine.ts";
import { openedParts } from "../../src/native/library.ts";
import { testedVersions } from "../../src/native/libtorch.ts";
import { hasNvidiaDriver } from "../../src/native/platform.ts";
import { join } from "../../src/files/paths.ts";
import { runCli } from "../helpers/run_cli.ts";
import { fakeLibtorch, programs, quickCompiler, setUpParts } from "../helpers/set_up.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

async function doctor(
  env: Record<string, string> = {},
): Promise<{ code: number; findings: MachinePart[]; ok: boolean }> {
  const { code, stdout, stderr } = await runCli(["doctor", "--json"], { env });
  assert.notEqual(stdout, "", stderr);
  return { code, ...JSON.parse(stdout) };
}

function find(findings: readonly MachinePart[], what: string): MachinePart {
  return findings.find((finding) => finding.what === what)!;
}

Deno.test("doctor ends with 0 and shows everything when all is well", async () => {
  const { code, ok, findings } = await doctor();
  assert.deepEqual([code, ok], [0, true]);
  assert.deepEqual(findings.map(({ what }) => what), [
    ...["Deno", "system", "cache", "libtorch", "compiler", "shim", "CUDA", "threads", "processor"],
    "processes",
  ]);
  const { libtorchFolder, libtorchVersion, shimPath } = openedParts();
  const { found } = find(findings, "libtorch");
  assert.ok(found.startsWith(`${libtorchVersion} (`), found);
  assert.ok(found.includes(`) at ${libtorchFolder}, from `), found);
  const isTested = testedVersions.includes(libtorchVersion.replace(/\+.*/, ""));
  assert.equal(found.includes("(tested)"), isTested);
  assert.ok(find(findings, "shim").found.includes(shimPath));
  assert.match(find(findings, "CUDA").found, /^not used: .+;? .+/);
});

Deno.test("doctor says how many threads libtorch gets, and from where the number was taken", async () => {
  const threads = async (env: Record<string, string>) =>
    find((await doctor(env)).findings, "threads").found;
  assert.match(await threads({ OMP_NUM_THREADS: "1" }), /^1, with OMP_NUM_THREADS=1; kernels for /);
  assert.match(
    await threads({ OMP_NUM_THREADS: "", MKL_NUM_THREADS: "" }),
    /^\d+, (one a core of \d+ processors|from the (container|process)'s .*); kernels for /,
  );
});

Deno.test("doctor says who a process is among others, by what they compute and where they meet", async () => {
  const processes = async (env: Record<string, string>) =>
    find((await doctor(env)).findings, "processes").found;
  const alone = await processes({});
  assert.match(
    alone,
    /^one, as no launcher's variables are set; by Gloo; others (do not )?reach it/,
  );
  const torchrun = {
    ...{ RANK: "1", WORLD_SIZE: "4", LOCAL_RANK: "1", LOCAL_WORLD_SIZE: "2" },
    ...{ MASTER_ADDR: "127.0.0.1", MASTER_PORT: "29500" },
    ...{ TORCHELASTIC_RUN_ID: "none", TORCHELASTIC_RESTART_COUNT: "1" },
  };
  assert.match(
    await processes({ ...torchrun, GLOO_SOCKET_IFNAME: "eth7" }),
    /^rank 1 of 4 by torchrun, started again 1 time, number 1 of 2 on this machine; they meet at 127.0.0.1:29500; by Gloo; others reach it by eth7 \(GLOO_SOCKET_IFNAME\)$/,
  );
  const slurm = {
    ...{ SLURM_PROCID: "0", SLURM_NTASKS: "2", SLURM_LOCALID: "0", SLURM_TASKS_PER_NODE: "2" },
    ...{ SLURM_STEP_NODELIST: "node[1-2]", SLURM_JOB_ID: "7" },
  };
  assert.match(
    await processes(slurm),
    /^one; with `distributed` rank 0 of 2 by Slurm, number 0 of 2 .* they meet at node1:15007/,
  );
});

Deno.test("doctor ends with 1 and names what is missing when a launcher's variables are half set", async () => {
  const { code, findings } = await doctor({ RANK: "1" });
  assert.equal(code, 1);
  const { ok, found, remedy } = find(findings, "processes");
  assert.equal(ok, false);
  assert.match(found, /RANK=1 is set, but not WORLD_SIZE/);
  assert.match(remedy!, /docs\/distributed\.md/);
});

Deno.test("doctor ends with 1 and names the command when LIBTORCH is wrong", async () => {
  const { code, findings } = await doctor({ LIBTORCH: "/nowhere" });
  assert.equal(code, 1);
  const { ok, found, remedy } = find(findings, "libtorch");
  assert.equal(ok, false);
  assert.match(found, /LIBTORCH=\/nowhere: there is no such folder/);
  assert.match(remedy!, /deno task setup/);
});

Deno.test("doctor ends with 1 and names the command when the shim is not built", async () => {
  await using folder = await TemporaryFolder.make();
  const env = { CSN_CACHE: folder.path, LIBTORCH: openedParts().libtorchFolder };
  const { code, findings } = await doctor(env);
  assert.equal(code, 1);
  assert.deepEqual(find(findings, "shim").remedy, "deno task setup");
  assert.ok(find(findings, "libtorch").ok);
});

Deno.test("doctor ends with 1 and says what to install when there is no compiler to build the shim", async () => {
  await using folder = await TemporaryFolder.make();
  const env = { CSN_CACHE: folder.path, LIBTORCH: openedParts().libtorchFolder, PATH: "/nowhere" };
  const { code, findings } = await doctor(env);
  assert.equal(code, 1);
  assert.match(find(findings, "compiler").remedy!, /apt-get install g\+\+/);
});

Deno.test("doctor prints for people what is wrong and what mends it", async () => {
  const { code, stdout } = await runCli(["doctor"], { env: { LIBTORCH: "/nowhere" } });
  assert.equal(code, 1);
  assert.match(stdout, /WRONG\s+libtorch/);
  assert.match(stdout, /To mend it:\nlibtorch: unset LIBTORCH, then deno task setup$/m);
});

Deno.test("doctor ends with 1 and names the command when there is no libtorch", async () => {
  await using folder = await TemporaryFolder.make();
  const { code, findings } = await doctor({
    CSN_CACHE: folder.path,
    LIBTORCH: "",
    PATH: "/nowhere",
  });
  assert.equal(code, 1);
  const { ok, found, remedy } = find(findings, "libtorch");
  assert.equal(ok, false);
  assert.equal(found, "none: LIBTORCH is not set, and there is no python3");
  assert.equal(remedy, "deno task setup (fetches libtorch 2.13.0)");
  assert.deepEqual([...Deno.readDirSync(folder.path)], [], "doctor changed the cache");
});

Deno.test("doctor says of a libtorch that csn's tests have not run with that it is meant to work", async () => {
  await using folder = await TemporaryFolder.make();
  const LIBTORCH = await fakeLibtorch(join(folder.path, "torch"), "2.14.1+cpu");
  const { findings } = await doctor({ CSN_CACHE: folder.path, LIBTORCH });
  assert.match(
    find(findings, "libtorch").found,
    /^2\.14\.1\+cpu \(meant to work; tested are [\d., ]*2\.13\.0\) at .*torch, from LIBTORCH/,
  );
});

Deno.test("doctor ends with 1 and names the command when the shim cannot be loaded", async () => {
  await using folder = await TemporaryFolder.make();
  const env = {
    CSN_CACHE: join(folder.path, "cache"),
    LIBTORCH: openedParts().libtorchFolder,
    PATH: await programs(join(folder.path, "bin"), { "c++": quickCompiler() }),
  };
  await setUpParts(env);
  const { code, findings } = await doctor({ ...env, PATH: "/nowhere" });
  assert.equal(code, 1);
  const compiler = find(findings, "compiler");
  assert.deepEqual([compiler.ok, compiler.found], [true, "none, but the shim is built"]);
  const { ok, found, remedy } = find(findings, "shim");
  assert.equal(ok, false);
  assert.match(found, /Cannot load the shim/);
  assert.equal(remedy, "deno task setup --rebuild");
});

Deno.test("doctor says of CUDA exactly why it is not used", async () => {
  const { libtorchFolder } = openedParts();
  // No machine has so many devices.
  const { ok, found } = find((await doctor({ CUDA_VISIBLE_DEVICES: "99" })).findings, "CUDA");
  const isCudaBuild = await Deno.stat(join(libtorchFolder, "lib/libtorch_cuda.so"))
    .then(() => true, () => false);
  // No GPU is no fault; a driver whose GPU is not used is one.
  assert.equal(ok, !hasNvidiaDriver());
  assert.match(found, hasNvidiaDriver() ? /^an NVIDIA driver is/ : /no NVIDIA driver is installed/);
  if (isCudaBuild) assert.match(found, /; \S|, but \S/);
  else {assert.ok(
      found.includes(`no CUDA part (${libtorchFolder}/lib/libtorch_cuda.so is not there)`),
    );}
});

Deno.test("doctor takes CUDA devices that the user hides for no fault", async () => {
  const { ok, found } = find((await doctor({ CUDA_VISIBLE_DEVICES: "-1" })).findings, "CUDA");
  assert.ok(ok);
  assert.match(found, hasNvidiaDriver() ? /="-1" hides all/ : /no NVIDIA driver is installed/);
});
