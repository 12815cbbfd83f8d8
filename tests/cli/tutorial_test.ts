/** The README's tutorial, as it is written there, on images and a table that this test makes. */
import assert from "node:assert/strict";
import sharp from "sharp";
import { projectFolder, runPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { randomBelow } from "../../src/base/random.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const images = 240;
const side = 32;

/** The commands of the tutorial, without "deno task". */
async function tutorialCommands(): Promise<string[][]> {
  const readme = await Deno.readTextFile(join(projectFolder, "README.md"));
  const [, section] = readme.split("## Your own images in five minutes\n");
  const lines = section.split("\n## ")[0].replaceAll(/\\\n\s*/g, "").split("\n");
  return lines.filter((line) => line.startsWith("    deno task ")).map((line) =>
    line.trim().split(/ +/).slice(2)
  );
}

/** A form of a colour, larger or smaller: what the table says of it can be seen. */
async function writeImage(path: string, form: number, colour: number, size: number, seed: number) {
  const pixels = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [dx, dy] = [Math.abs(x - side / 2), Math.abs(y - side / 2)];
      const inside = form === 0
        ? Math.hypot(dx, dy) < size
        : form === 1
        ? dy < size / 3
        : dx < size / 3;
      for (let channel = 0; channel < 3; channel++) {
        const level = inside ? (channel === colour ? 220 : 40) : 128;
        pixels[3 * (y * side + x) + channel] = level +
          randomBelow(seed, 9, 3 * (y * side + x) + channel, 30);
      }
    }
  }
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } }).png().toFile(path);
}

async function writePhotos(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "photos"));
  const rows = ["image,shape,colour,heel,shoe"];
  for (let image = 0; image < images; image++) {
    const pick = (stream: number, values: number) => randomBelow(1, stream, image, values);
    const [form, colour, heel] = [pick(1, 3), pick(2, 3), pick(3, 25) / 5];
    await writeImage(join(folder, "photos", `${image}.png`), form, colour, 4 + 2 * heel, image);
    const cells = [
      `${image}.png`,
      ["round", "long", "tall"][form],
      // Some have a second colour that is not seen, some no heel that is known.
      ["red", "green", "blue"][colour] + (pick(4, 12) === 0 ? ";white" : ""),
      pick(5, 10) === 0 ? "" : String(heel),
      `s${Math.floor(image / 3)}`,
    ];
    rows.push(cells.join(","));
  }
  await Deno.writeTextFile(join(folder, "photos.csv"), rows.join("\n") + "\n");
}

Deno.test("README's tutorial takes a folder of images and a table to a tested model and a report", async () => {
  await using folder = await TemporaryFolder.make();
  await writePhotos(folder.path);
  const commands = await tutorialCommands();
  assert.deepEqual(commands.map(([command]) => command), [
    "make-triplets",
    "audit",
    "train",
    "test",
    "query",
    "query",
    "report",
    "explore",
  ]);
  const outputs: string[] = [];
  // The last one serves a page until it is stopped: its own test does that.
  for (const command of commands.slice(0, -1)) {
    // A run's model lies in runs/ of csn, where the commands are meant to be given from.
    const args = command.map((arg) => arg.replace(/^runs\//, runPath("") + "/"));
    // An epoch teaches enough of these pictures.
    if (command[0] === "train") args.push("--epochs", "1");
    const { code, stdout, stderr } = await runCli(args, { cwd: folder.path });
    assert.equal(code, 0, `${command.join(" ")}\n${stdout}${stderr}`);
    outputs.push(stdout);
  }
  const [made, , , tested, found, mixed] = outputs;
  assert.match(made, /shape +categorical \(guessed\) +240 +0 +3: /);
  assert.match(made, /colour +multi \(guessed\) +240 +0 +4: /);
  assert.match(made, /heel +numeric \(guessed\) +\d+ +\d+ \(empty\) +5 bins: /);
  assert.match(made, /guessed: type/);
  assert.match(found, /^ *1 +0\.0000 +[\d ]+ +1\.png$/m);
  assert.match(mixed, /^ *1 +\d\.\d{4} +\d+\.\d\d % +\d+\.\d\d % +[\d ]+ +\d+\.png$/m);
  assert.match(mixed, /^compared with \d+ of 240 images: where shape=long$/m);
  await Deno.stat(join(runPath("mine"), "report.html"));
  // Chance is 50 %; what is compared can be seen.
  for (const notion of ["shape", "colour"]) {
    const accuracy = Number(new RegExp(`^${notion} +\\d+ +([\\d.]+) %`, "m").exec(tested)?.[1]);
    assert.ok(accuracy > 75, `${notion}: ${accuracy} %\n${tested}`);
  }
});
