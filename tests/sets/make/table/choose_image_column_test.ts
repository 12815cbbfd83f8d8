import assert from "node:assert/strict";
import { TableCase } from "../../../helpers/table_case.ts";

const count = 60;
const numbers = Array.from({ length: count }, (_, at) => at);
const colours = ["red", "green", "blue"];
/** 0000.png to 0059.png; the image n is of colour n mod 3. */
const named = (at: number) => `${String(at).padStart(4, "0")}.png`;

/** A table with a colour of the right image and other columns, each a text by image and row. */
function table(columns: Record<string, (image: number, row: number) => string>): string {
  // The images come in an order of their own: 0, 7, 14, ...
  const rows = numbers.map((row) => {
    const image = row * 7 % count;
    return [...Object.values(columns).map((cell) => cell(image, row)), colours[image % 3]].join();
  });
  return [[...Object.keys(columns), "colour"].join(), ...rows].join("\n");
}

/** Makes a set from the table; every image must have its own colour. */
async function chooses(
  columns: Record<string, (image: number, row: number) => string>,
  expected: string,
  images: (at: number) => string = named,
  acceptGuesses = false,
) {
  await using test = await TableCase.make(numbers.map(images), table(columns));
  const report = await test.build({ notions: ["colour"], acceptGuesses });
  const attributes = await test.attributes();
  for (const at of numbers) assert.equal(attributes[images(at)].colour, colours[at % 3]);
  assert.equal(report.imageColumn, expected);
  assert.deepEqual(report.matched, { rows: count, of: count });
  return report;
}

async function refuses(
  columns: Record<string, (image: number, row: number) => string>,
  wrong: RegExp,
  images: (at: number) => string = named,
) {
  await using test = await TableCase.make(numbers.map(images), table(columns));
  await assert.rejects(test.build({ notions: ["colour"] }), wrong);
}

Deno.test("chooseImageColumn() takes names of files before an id that fits other images", async () => {
  const id = (_: number, row: number) => String(row).padStart(4, "0");
  const { imageColumnWhy } = await chooses({ id, file_name: named }, "file_name");
  assert.match(imageColumnWhy, /names of files that are there; "id" would name other images/);
});

Deno.test("chooseImageColumn() takes names of files before the index that pandas writes", async () => {
  const index = (_: number, row: number) => String(row);
  const path = (image: number) => `${image}.png`;
  for (const name of ["", "Unnamed: 0", "__index_level_0__", "index", "id"]) {
    await chooses({ [name]: index, img_path: path }, "img_path", path);
  }
});

Deno.test("chooseImageColumn() lets a column that is called image lose when it matches no file", async () => {
  await chooses(
    { image: (image) => `https://x.org/${image}.png`, photo_file: named },
    "photo_file",
  );
  await chooses(
    { image: (image) => `caption ${image}`, name: (at) => named(at).slice(0, 4) },
    "name",
  );
});

Deno.test("chooseImageColumn() takes ids, not values that many rows share", async () => {
  const id = (image: number) => named(image).slice(0, 4);
  const shape = (image: number) => named(image % 10).slice(0, 4);
  await chooses({ shape, key: id }, "key");
});

Deno.test("chooseImageColumn() takes either of two columns that name the same images", async () => {
  await chooses({ copy: named, image: named, id: (at) => named(at).slice(0, 4) }, "image");
});

Deno.test("chooseImageColumn() refuses two columns that fit but name different images", async () => {
  const other = (image: number) => named((image + 1) % count);
  await refuses(
    { similar: other, image: named },
    /"image" fits 60 of 60 rows and "similar" 60, but 60 rows would have another image .*`imageColumn/,
  );
  const some = (image: number) => image % 4 === 0 ? "gone.png" : named(image);
  await refuses({ image: some, mask: other }, /"mask" fits 60 of 60 rows and "image" 45/);
  const id = (image: number) => named(image).slice(0, 4);
  await refuses({ a: id, b: (image) => id((image + 1) % count) }, /another image .*`imageColumn/);
});

Deno.test("chooseImageColumn() refuses a nameless column or a running number by itself", async () => {
  const images = (at: number) => `${at}.png`;
  const index = (_: number, row: number) => String(row);
  await refuses(
    { "": index },
    /column "" .* has no name; .*`imageColumn: .*`acceptGuesses/s,
    images,
  );
  await refuses({ id: index }, /column "id" .* only counts the rows; .*`acceptGuesses/s, images);
  await using inOrder = await TableCase.make(
    numbers.map(named),
    ["id,colour", ...numbers.map((at) => `${named(at).slice(0, 4)},${colours[at % 3]}`)].join("\n"),
  );
  assert.equal((await inOrder.build({ notions: ["colour"] })).imageColumn, "id");
  const id = (image: number) => String(image);
  await refuses({ price: id }, /"price" .* numbers that may mean something else/, images);
  await chooses({ id }, "id", images);
  await chooses({ price: id }, "price", images, true);
});

Deno.test("chooseImageColumn() refuses an id when names of files stand beside it that are not there", async () => {
  const id = (image: number) => named(image).slice(0, 4);
  const elsewhere = (image: number) => `train/${named(image)}`;
  await refuses({ id, file: elsewhere }, /"id" .*"file" holds names of files, .*`imageColumn/);
  await chooses({ id, file: (image) => `https://x.org/${named(image)}` }, "id");
});

Deno.test("chooseImageColumn() refuses a table whose first line is data", async () => {
  const rows = table({ image: named }).split("\n").slice(1);
  await using paths = await TableCase.make(numbers.map(named), rows.join("\n"));
  const wrong = /first line of .*table\.csv .*"0000\.png", .*`columns: \["image","column2"\]`$/;
  await assert.rejects(paths.build({ notions: ["red"] }), wrong);
  const report = await paths.build({ notions: ["kind"], columns: ["image", "kind"] });
  assert.equal(report.images, count);
  const ids = rows.map((row) => row.replace(".png", ""));
  await using names = await TableCase.make(numbers.map(named), ids.join("\n"));
  await assert.rejects(names.build({ notions: ["red"] }), /first line of .*"0000"/);
});

Deno.test("chooseImageColumn() goes by names where no column names an image that is there", async () => {
  await refuses(
    { "": (image) => `x${image}`, picture: (image) => `x/${named(image)}` },
    /Cannot find 60 of the 60 images that column "picture".*60 of them are there in another folder/,
  );
});
