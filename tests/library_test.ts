/** csn as another project uses it: through its own `imports` entry, with its own configuration. */
import assert from "node:assert/strict";
import sharp from "sharp";
import { defaultConfig } from "../src/model/config.ts";
import { initialTensors } from "../src/network/initialise.ts";
import { fromFileUrl, join } from "../src/files/paths.ts";
import { writeModelFile } from "../src/model/model_file.ts";
import { randomUint32 } from "../src/base/random.ts";

const project = fromFileUrl(new URL("library_project/", import.meta.url));

Deno.test("the README's library example runs in a project of its own", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "images"));
    for (let i = 0; i < 5; i++) await writePicture(join(folder, "images", `${i}.png`), i);
    await writeModel(join(folder, "model.safetensors"));
    const image = join(folder, "images", "3.png");
    const { code, stdout, stderr } = await run([
      join(folder, "model"),
      join(folder, "images"),
      image,
    ]);
    assert.equal(code, 0, stderr);
    // The image itself is among those searched: nearest to itself by every notion, but for epsilon.
    assert.equal(stdout, "shape: 3.png, at 0.000\ncolour: 3.png, at 0.000\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the README holds the library example as it is run", async () => {
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  const example = await Deno.readTextFile(join(project, "nearest.ts"));
  assert.ok(
    readme.includes("```ts\n" + example + "```"),
    "README.md differs from tests/library_project/nearest.ts",
  );
});

async function run(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--check",
      "--quiet",
      "--no-lock",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-ffi",
      "--allow-sys",
      "--allow-run=python3,c++",
      "nearest.ts",
      ...args,
    ],
    cwd: project,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function writePicture(path: string, seed: number): Promise<void> {
  const pixels = Uint8Array.from(
    { length: 20 * 20 * 3 },
    (_, i) => randomUint32(seed, 0, i) & 0xff,
  );
  await sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } }).png().toFile(path);
}

async function writeModel(path: string): Promise<void> {
  const shape = { notions: ["shape", "colour"], dimension: 8, variant: "fixed" } as const;
  await writeModelFile(path, {
    kind: "model",
    libtorch: "2.13.0",
    ...shape,
    imageSize: 16,
    normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    config: { ...defaultConfig, data: folderOf(path), notions: shape.notions },
    epoch: 1,
    accuracy: 0.5,
  }, initialTensors(shape, 1));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
