import assert from "node:assert/strict";
import type { Finding } from "../../src/native/examine.ts";
import { openedParts } from "../../src/native/library.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

async function doctor(
  env: Record<string, string> = {},
): Promise<{ code: number; findings: Finding[]; ok: boolean }> {
  const { code, stdout, stderr } = await runCli(["doctor", "--json"], { env });
  assert.notEqual(stdout, "", stderr);
  return { code, ...JSON.parse(stdout) };
}

function find(findings: readonly Finding[], what: string): Finding {
  return findings.find((finding) => finding.what === what)!;
}

Deno.test("doctor ends with 0 and shows everything when all is well", async () => {
  const { code, ok, findings } = await doctor();
  assert.deepEqual([code, ok], [0, true]);
  assert.deepEqual(findings.map(({ what }) => what), [
    ...["Deno", "system", "cache", "libtorch", "compiler", "shim", "CUDA", "threads", "processor"],
  ]);
  const { libtorchFolder, libtorchVersion, shimPath } = openedParts();
  assert.ok(
    find(findings, "libtorch").found.includes(
      `${libtorchVersion} (tested) at ${libtorchFolder}, from `,
    ),
  );
  assert.ok(find(findings, "shim").found.includes(shimPath));
  assert.match(find(findings, "CUDA").found, /\d device|not used: .+;? .+/);
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
  assert.match(stdout, /To mend it:\nlibtorch: unset LIBTORCH, then deno task setup/);
});
