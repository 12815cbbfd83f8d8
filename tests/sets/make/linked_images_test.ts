import assert from "node:assert/strict";
import { dirname, join } from "../../../src/files/paths.ts";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { makeTriplets, type MakeTripletsOptions } from "../../../src/sets/make/make_triplets.ts";
import { writeEmptyImages } from "../../helpers/table_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

const images = 60;

/** `scratch/red`, `scratch/green`, `scratch/blue` with twenty images each, and a table of colours. */
class Fixture implements AsyncDisposable {
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  static async make(): Promise<Fixture> {
    const fixture = new Fixture(await TemporaryFolder.make());
    const colours = ["red", "green", "blue"];
    for (const colour of colours) await writeEmptyImages(fixture.at(`scratch/${colour}`), 20);
    await writeEmptyImages(fixture.at("scratch/all"), images);
    const rows = Array.from(
      { length: images },
      (_, image) => `${image}.jpg,${colours[image % 3]}\n`,
    );
    await Deno.writeTextFile(fixture.at("table.csv"), `image,colour\n${rows.join("")}`);
    return fixture;
  }

  at(path: string): string {
    return join(this.#folder.path, path);
  }

  async link(to: string, at: string): Promise<void> {
    await Deno.mkdir(dirname(this.at(at)), { recursive: true });
    await Deno.symlink(to.startsWith("/") ? to : this.at(to), this.at(at));
  }

  async build(folder: string, options: Partial<MakeTripletsOptions>) {
    const triplets = { train: 20, val: 5, test: 5 };
    return await makeTriplets(this.at("set"), { images: this.at(folder), triplets, ...options });
  }

  get table(): Partial<MakeTripletsOptions> {
    return { attributes: this.at("table.csv"), notions: ["colour"] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

Deno.test("makeTriplets() takes linked folders for values, and warns of links that give no image", async () => {
  await using fixture = await Fixture.make();
  for (const colour of ["red", "green", "blue"]) {
    await fixture.link(`scratch/${colour}`, `tree/${colour}`);
  }
  await fixture.link("tree", "tree/round");
  await fixture.link("scratch/nowhere", "tree/grey");
  await fixture.link("/nowhere/0.jpg", "tree/red/lost.jpg");
  await Deno.writeTextFile(fixture.at("scratch/red/20.heic"), "");
  const report = await fixture.build("tree", { folders: "colour" });
  assert.deepEqual(
    report.notions[0].values.map(({ value, images }) => [value, images]),
    [["blue", 20], ["green", 20], ["red", 20]],
  );
  const tree = fixture.at("tree");
  assert.deepEqual(report.warnings.slice(0, 2), [
    `2 links of ${tree} lead to nothing (grey, red/lost.jpg): mend or remove them; 1 link of ${tree} leads to a folder in it or above it (round), which is not followed: no image is taken twice`,
    `1 file of ${tree} is passed over, as no image by its ending: 1 .heic`,
  ]);
});

Deno.test("makeTriplets() finds a table's images through links, by path and by id, and copies what they lead to", async () => {
  await using fixture = await Fixture.make();
  await fixture.link("scratch/all", "images");
  for (let image = 0; image < images; image++) {
    await fixture.link(`scratch/all/${image}.jpg`, `each/${image}.jpg`);
  }
  await fixture.link("scratch/all", "below/photos");
  const ids = (await Deno.readTextFile(fixture.at("table.csv"))).replaceAll(".jpg", "");
  await Deno.writeTextFile(fixture.at("ids.csv"), ids);
  await Deno.writeTextFile(fixture.at("scratch/all/3.jpg"), "three");
  for (const folder of ["images", "each", "below"]) {
    const attributes = fixture.at(folder === "below" ? "ids.csv" : "table.csv");
    const options = { ...fixture.table, attributes, copy: true, overwrite: true };
    const report = await fixture.build(folder, options);
    assert.doesNotMatch(report.warnings.join("\n"), /link/);
    const { imageFolder, imageFiles } = await openImageSet(fixture.at("set"));
    assert.equal(imageFiles.length, images);
    const copy = join(imageFolder, imageFiles[3]);
    assert.ok(Deno.lstatSync(copy).isFile);
    assert.equal(await Deno.readTextFile(copy), "three");
  }
});

Deno.test("makeTriplets() warns of a table's images that are links to nothing, and refuses many", async () => {
  await using fixture = await Fixture.make();
  await fixture.link("scratch/all", "images");
  await Deno.remove(fixture.at("images/7.jpg"));
  await fixture.link("images/7.jpg", "images/7.jpg");
  await assert.rejects(
    fixture.build("images", fixture.table),
    /Cannot find 1 of the 60 images .*7\.jpg/,
  );
  const report = await fixture.build("images", { ...fixture.table, allowMissing: true });
  assert.match(report.warnings.join("\n"), /1 link of .*images leads to nothing \(7\.jpg\)/);
  await fixture.link("/nowhere", "unmounted");
  await assert.rejects(
    fixture.build("unmounted", fixture.table),
    /Cannot use the images in .*: .*unmounted is a link to \/nowhere, where there is nothing; name/,
  );
});

Deno.test("makeTriplets() does not replace a set that links among the images lead into", async () => {
  await using fixture = await Fixture.make();
  await fixture.build("scratch/all", { ...fixture.table, copy: true });
  for (let image = 0; image < images; image++) {
    await fixture.link(`set/images/${image}.jpg`, `each/${image}.jpg`);
  }
  await fixture.link("set/images", "below/photos");
  for (const folder of ["each", "below"]) {
    for (const copy of [false, true]) {
      await assert.rejects(
        fixture.build(folder, { ...fixture.table, copy, overwrite: true }),
        /Cannot make the image set in .*: links among the images, .* lead there \(.*\); choose/,
      );
    }
  }
  assert.equal([...Deno.readDirSync(fixture.at("set/images"))].length, images);
});

Deno.test("makeTriplets() makes no copies where they would lie among the images by a link", async () => {
  await using fixture = await Fixture.make();
  await fixture.link("scratch", "images/below");
  await fixture.link("scratch", "link");
  for (const target of ["scratch/set", "scratch/new/set", "link/new/set"]) {
    const options = { ...fixture.table, images: fixture.at("images"), copy: true };
    await assert.rejects(
      makeTriplets(fixture.at(target), options),
      /Cannot copy the images of .* it lies among them, so each would be there twice/,
    );
  }
  assert.deepEqual([...Deno.readDirSync(fixture.at("scratch"))].length, 4);
});
