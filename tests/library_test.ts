/**
 * csn as another project uses it, with its own configuration: linked, or by the paths of its doors.
 */
import assert from "node:assert/strict";
import sharp from "sharp";
import denoJson from "../deno.json" with { type: "json" };
import { fromFileUrl, join } from "../src/files/paths.ts";
import { randomUint32 } from "../src/base/random.ts";
import { TemporaryFolder } from "./helpers/temporary_folder.ts";
import { writeTinyModel } from "./helpers/tiny_model.ts";

const csn = fromFileUrl(new URL("..", import.meta.url));
const project = join(csn, "tests", "library_project");

/** Each door's file by its name, as `imports` of another project have it. */
const imports = Object.fromEntries(
  Object.entries(denoJson.exports).map(([door, file]) => [join("csn", door), join(csn, file)]),
);

/** What is in another project's deno.json, where it is not that of `library_project`. */
const configurations: Readonly<Record<string, unknown>> = {
  "linked": undefined,
  "with its doors' paths": { imports },
};

/** Writes a copy of the project with a deno.json of its own; returns its folder. */
async function copyProject(folder: string, configuration: unknown): Promise<string> {
  const copy = join(folder, "project");
  await Deno.mkdir(copy);
  for (const file of ["nearest.ts", "learn.ts"]) {
    await Deno.copyFile(join(project, file), join(copy, file));
  }
  await Deno.writeTextFile(join(copy, "deno.json"), JSON.stringify(configuration));
  return copy;
}

for (const [how, configuration] of Object.entries(configurations)) {
  Deno.test(`the README's library example runs in a project of its own, ${how}`, async () => {
    await using temporary = await TemporaryFolder.make();
    const folder = temporary.path;
    const cwd = configuration === undefined ? project : await copyProject(folder, configuration);
    await writePictures(join(folder, "images"), 5);
    await writeTinyModel(folder);
    const image = join(folder, "images", "3.png");
    const args = [join(folder, "model"), join(folder, "images"), image];
    const { code, stdout, stderr } = await run(cwd, ["nearest.ts", ...args]);
    assert.equal(code, 0, stderr);
    // The image itself is among those searched: nearest to itself by every notion, but for epsilon.
    assert.equal(stdout, "shape: 3.png, at 0.000\ncolour: 3.png, at 0.000\n");
  });

  Deno.test(`every door opens in a project of its own, ${how}, from pictures to a model in use`, async () => {
    await using temporary = await TemporaryFolder.make();
    const folder = temporary.path;
    const cwd = configuration === undefined ? project : await copyProject(folder, configuration);
    await writePictures(join(folder, "images"), 36);
    const rows = Array.from({ length: 36 }, (_, i) => `${i}.png,c${i % 3},s${(i >> 1) % 3}\n`);
    await Deno.writeTextFile(
      join(folder, "pictures.csv"),
      ["image,colour,shape\n", ...rows].join(""),
    );
    const { code, stdout, stderr } = await run(cwd, ["learn.ts", folder]);
    assert.equal(code, 0, stderr);
    assert.equal(
      stdout,
      "problems: 0\nepoch: 1\ntested: 16\nanalysed: test\nembedded: 36\n" +
        "explored: 36\n" +
        "tensors: 3 true function function\n",
    );
  });
}

Deno.test("the README holds the library example as it is run", async () => {
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  const example = await Deno.readTextFile(join(project, "nearest.ts"));
  assert.ok(
    readme.includes("```ts\n" + example + "```"),
    "README.md differs from tests/library_project/nearest.ts",
  );
});

async function run(
  cwd: string,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const permissions = [
    "read",
    "write",
    "env",
    "ffi",
    "sys",
    "net=127.0.0.1",
    "run=python3,c++,deno",
  ];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--check", "--quiet", "--no-lock"],
      ...permissions.map((permission) => `--allow-${permission}`),
      ...args,
    ],
    cwd,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function writePictures(folder: string, count: number): Promise<void> {
  await Deno.mkdir(folder);
  for (let i = 0; i < count; i++) await writePicture(join(folder, `${i}.png`), i);
}

async function writePicture(path: string, seed: number): Promise<void> {
  const pixels = Uint8Array.from(
    { length: 20 * 20 * 3 },
    (_, i) => randomUint32(seed, 0, i) & 0xff,
  );
  await sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } }).png().toFile(path);
}
