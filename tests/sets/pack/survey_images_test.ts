import assert from "node:assert/strict";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { imagePath, surveyImages } from "../../../src/sets/pack/survey_images.ts";
import { join } from "../../../src/files/paths.ts";
import { writeSet } from "../../helpers/temporary_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

Deno.test("surveyImages() finds images whose names are in Unicode's other form, or have escaped dots", async () => {
  await using folder = await TemporaryFolder.make();
  const stored = ["e\u0301/e\u0301.png", "\u00fc.png", "Jean%2E/a.png"];
  const listed = ["\u00e9/\u00e9.png", "u\u0308.png", "Jean./a.png", "gone.png"];
  for (const file of stored) {
    const path = join(folder.path, "images", file);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, "x");
  }
  await Deno.mkdir(join(folder.path, "tripletlists"));
  await Deno.writeTextFile(join(folder.path, "filenames.json"), listed.join("\n"));
  await Deno.writeTextFile(
    join(folder.path, "set.json"),
    JSON.stringify({ format: 1, name: "x", images: "images", notions: ["a"], flip: true }),
  );
  const set = await openImageSet(folder.path);
  const survey = surveyImages(set);
  assert.deepEqual([...survey.missing], [3]);
  assert.deepEqual(
    [0, 1, 2].map((image) => imagePath(set, survey, image)),
    stored.map((file) => join(folder.path, "images", file)),
  );
});

Deno.test("surveyImages() follows links, and takes those that lead to nothing for missing images", async () => {
  await using folder = await TemporaryFolder.make();
  await using scratch = await TemporaryFolder.make();
  const written = await writeSet(folder.path, ["0.png", "1.png", "2.png", "3.png"]);
  const at = (file: string) => join(folder.path, "images", file);
  for (const file of ["1.png", "2.png", "3.png"]) await Deno.remove(at(file));
  await Deno.writeTextFile(join(scratch.path, "1.png"), "x");
  await Deno.symlink(join(scratch.path, "1.png"), at("1.png"));
  await Deno.symlink(join(scratch.path, "2.png"), at("2.png"));
  await Deno.symlink("3.png", at("3.png"));
  assert.deepEqual([...surveyImages(written).missing], [2, 3]);
});
