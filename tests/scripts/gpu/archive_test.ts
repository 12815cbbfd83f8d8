import assert from "node:assert/strict";
import { isUnneeded, makeArchive } from "../../../scripts/gpu/archive.ts";
import { run } from "../../../scripts/gpu/run_program.ts";
import { dirname, join } from "../../../src/files/paths.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

/** A small csn, with what an archive is made of. */
async function parts(root: string) {
  const files = {
    "project/src/a.ts": "export {};\n",
    "project/scripts/gpu_check.sh": "#!/bin/sh\n",
    "project/untracked.txt": "not asked for",
    deno: "a binary",
    "packages/npm/host/sharp/1.0.0/index.js": "code",
    "packages/npm/host/sharp/1.0.0/index.js.map": "a map",
    "packages/npm/host/@img/sharp-linuxmusl-x64/1.0.0/package.json": "{}",
    "packages/npm/host/@img/sharp-linuxmusl-x64/1.0.0/lib/sharp.node": "of musl",
    "packages/gen/compiled": "a cache",
  };
  for (const [file, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(root, file)), { recursive: true });
    await Deno.writeTextFile(join(root, file), text);
  }
  await Deno.chmod(join(root, "project/scripts/gpu_check.sh"), 0o755);
  return {
    project: join(root, "project"),
    files: ["src/a.ts", "scripts/gpu_check.sh"],
    deno: join(root, "deno"),
    packages: join(root, "packages"),
    madeFrom: "abc123",
  };
}

Deno.test("makeArchive() packs what was asked for, Deno, and the packages without what is not needed", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "csn.tar.xz");
  const size = await makeArchive(await parts(folder.path), join(folder.path, "stage"), target);
  assert.equal(size, (await Deno.stat(target)).size);
  await run("tar", ["-x", "-f", target, "-C", folder.path]);
  const listed = await run("find", ["csn", "-type", "f"], { cwd: folder.path });
  assert.deepEqual(listed.trim().split("\n").sort(), [
    "csn/.gpu/deno",
    "csn/.gpu/deno_dir/npm/host/@img/sharp-linuxmusl-x64/1.0.0/package.json",
    "csn/.gpu/deno_dir/npm/host/sharp/1.0.0/index.js",
    "csn/.gpu/made_from.txt",
    "csn/scripts/gpu_check.sh",
    "csn/src/a.ts",
  ]);
  for (const program of ["csn/.gpu/deno", "csn/scripts/gpu_check.sh"]) {
    const { mode } = await Deno.stat(join(folder.path, program));
    assert.equal(mode! & 0o111, 0o111, program);
  }
});

Deno.test("makeArchive() refuses what is too large, names the largest files and leaves nothing", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "csn.tar.xz");
  const given = await parts(folder.path);
  await Deno.writeFile(given.deno, crypto.getRandomValues(new Uint8Array(20_000)));
  await assert.rejects(
    makeArchive(given, join(folder.path, "stage"), target, 10_000),
    /Cannot make .*csn\.tar\.xz: it would have \d+ bytes, 10000 are the most; .*\.gpu\/deno \(0\.0 MB\)/,
  );
  const left = [...Deno.readDirSync(folder.path)].filter(({ name }) => name.startsWith("csn.tar"));
  assert.deepEqual(left, []);
});

Deno.test("isUnneeded() spares what Linux with glibc loads", () => {
  const needed = [
    "/@img/sharp-libvips-linux-x64/1.3.4/lib/libvips-cpp.so.8.18.7",
    "/@napi-rs/canvas-linux-x64-gnu/1.0.11/skia.linux-x64-gnu.node",
    "/@img/sharp-linuxmusl-x64/0.35.5/package.json",
    "/echarts/6.1.0/types/dist/echarts.d.ts",
    "/echarts/6.1.0/index.js",
    "/zrender/6.1.0/dist/zrender.js",
  ];
  assert.deepEqual(needed.filter(isUnneeded), []);
  const unneeded = [
    "/@img/sharp-libvips-linuxmusl-x64/1.3.4/lib/libvips-cpp.so.8.18.7",
    "/@napi-rs/canvas-linux-x64-musl/1.0.11/skia.linux-x64-musl.node",
    "/echarts/6.1.0/dist/echarts.min.js",
    "/csv-parse/7.0.3/lib/index.js.map",
  ];
  assert.deepEqual(unneeded.filter(isUnneeded), unneeded);
});
