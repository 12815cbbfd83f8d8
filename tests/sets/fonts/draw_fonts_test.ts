import assert from "node:assert/strict";
import sharp from "sharp";
import { characters, facePen } from "../../../src/sets/fonts/draw_face.ts";
import { drawFonts } from "../../../src/sets/fonts/draw_fonts.ts";
import type { FontFace } from "../../../src/sets/fonts/font_faces.ts";
import { hasLowerCase } from "../../../src/sets/fonts/has_lower_case.ts";
import { CsnError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { type Box, tinyFont } from "../../helpers/tiny_font.ts";

/** A rectangle for each character: no two are alike. */
function allBoxes(): Record<string, Box> {
  return Object.fromEntries(
    characters.map((character, row): [string, Box] => [character, [300 + 10 * row, 300 + 9 * row]]),
  );
}

/** Writes a face as the packages name it. */
async function writeFace(
  folder: string,
  family: string,
  boxes: Record<string, Box>,
  style = "400-normal",
): Promise<void> {
  await Deno.mkdir(join(folder, family), { recursive: true });
  const file = join(folder, family, `${family}-latin-${style}.woff2`);
  await Deno.writeFile(file, tinyFont(boxes));
}

function face(file: string): FontFace {
  return { family: "test", weight: 400, slant: "normal", file };
}

/** First and last row and column with ink, and how many pixels are black. */
function inkOf(picture: Uint8Array) {
  const inked = [...picture.keys()].filter((place) => picture[place] < 128);
  const rows = inked.map((place) => Math.floor(place / 64));
  const columns = inked.map((place) => place % 64);
  return {
    top: Math.min(...rows),
    bottom: Math.max(...rows),
    left: Math.min(...columns),
    right: Math.max(...columns),
  };
}

Deno.test("facePen() draws black on white, with one scale and base line, nothing cut off", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "font.ttf");
  await Deno.writeFile(file, tinyFont({ A: [400, 700], a: [300, 350], W: [900, 700] }));
  const pen = await facePen();
  const pictures = pen.draw(face(file));
  const [capital, small, wide] = ["A", "a", "W"].map((character) =>
    inkOf(pictures[characters.indexOf(character)]!)
  );
  assert.equal(pictures[0]![0], 255);
  assert.equal(Math.min(...pictures[0]!), 0);
  // The widest, 900 units, fills the 56 pixels between the margins; the rest keeps its proportion.
  const near = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) <= 1.5, `${found}, not ${expected}`);
  near(wide.right - wide.left + 1, 56);
  near(capital.right - capital.left + 1, 56 * 4 / 9);
  near(capital.bottom - capital.top + 1, 56 * 7 / 9);
  near(small.bottom - small.top + 1, 56 * 3.5 / 9);
  near((wide.left + wide.right) / 2, 31.5);
  near((capital.left + capital.right) / 2, 31.5);
  near((capital.top + capital.bottom) / 2, 31.5);
  assert.equal(small.bottom, capital.bottom);
});

Deno.test("facePen() gives null for a glyph that a face lacks, and never another font's", async () => {
  await using folder = await TemporaryFolder.make();
  const [whole, part] = ["whole.ttf", "part.ttf"].map((name) => join(folder.path, name));
  await Deno.writeFile(whole, tinyFont(allBoxes()));
  await Deno.writeFile(part, tinyFont({ A: [500, 700], b: [400, 600], "7": [200, 500] }));
  const pen = await facePen();
  assert.ok(pen.draw(face(whole)).every((picture) => picture !== null));
  const drawn = pen.draw(face(part)).flatMap((picture, row) =>
    picture === null ? [] : [characters[row]]
  );
  assert.deepEqual(drawn, ["A", "b", "7"]);
});

Deno.test("facePen() refuses a file that is no font", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "font.woff2");
  const pen = await facePen();
  assert.throws(() => pen.draw(face(file)), /Cannot read the font .*font.woff2/);
  await Deno.writeTextFile(file, "<html>");
  assert.throws(() => pen.draw(face(file)), CsnError);
});

Deno.test("hasLowerCase() tells faces of capitals", () => {
  const pictures = characters.map((_, row) => Uint8Array.of(row));
  assert.equal(hasLowerCase(pictures), true);
  const capitals = characters.map((character) =>
    Uint8Array.of(characters.indexOf(character.toUpperCase()))
  );
  assert.equal(hasLowerCase(capitals), false);
  assert.equal(hasLowerCase(characters.map(() => null)), true);
});

Deno.test("drawFonts() writes a picture for each character and says what is in it", async () => {
  await using folder = await TemporaryFolder.make();
  const fonts = join(folder.path, "fonts");
  await writeFace(fonts, "one", allBoxes());
  const { [characters[3]]: _, ...fewer } = allBoxes();
  await writeFace(
    fonts,
    "two",
    Object.fromEntries(
      Object.entries(fewer).map(([character, [w, h]]) => [character, [w, h + 90]]),
    ),
    "700-italic",
  );
  const out = join(folder.path, "set");
  const heard: number[] = [];
  const drawn = await drawFonts(fonts, out, {
    families: ["one", "two"],
    imageSize: 64,
    listener: { progress: ({ done, total }) => heard.push(done, total!) },
  });
  assert.deepEqual(heard, [62, 124, 124, 124]);
  assert.equal(drawn.images.length, 62 + 61);
  assert.deepEqual([drawn.families, drawn.faces], [2, 2]);
  assert.deepEqual(drawn.leftOut, {
    missingGlyphs: 1,
    identicalPictures: 0,
    familiesWithoutLowerCase: [],
  });
  assert.deepEqual(drawn.images[0], {
    file: "one/400-normal/capital-a.png",
    character: "A",
    family: "one",
    weight: 400,
    slant: "normal",
  });
  assert.equal(drawn.images.at(-1)!.file, "two/700-italic/digit-9.png");
  // No two names are one to a file system that does not tell "a" from "A".
  assert.equal(
    new Set(drawn.images.map(({ file }) => file.toLowerCase())).size,
    drawn.images.length,
  );
  for (const { file } of drawn.images) {
    const { width, height } = await sharp(await Deno.readFile(join(out, "images", file)))
      .metadata();
    assert.deepEqual([width, height], [64, 64]);
  }
});

Deno.test("drawFonts() keeps the same picture once", async () => {
  await using folder = await TemporaryFolder.make();
  const fonts = join(folder.path, "fonts");
  await writeFace(fonts, "one", { ...allBoxes(), "7": allBoxes()["5"] });
  await writeFace(fonts, "copy", allBoxes());
  await writeFace(fonts, "copy", allBoxes(), "700-normal");
  const drawn = await drawFonts(fonts, join(folder.path, "set"), {
    families: ["copy", "one"],
    imageSize: 64,
  });
  assert.equal(drawn.images.length, 62);
  assert.equal(drawn.leftOut.identicalPictures, 124);
  assert.deepEqual([drawn.families, drawn.faces], [1, 1]);
});

Deno.test("drawFonts() leaves out families without small letters", async () => {
  await using folder = await TemporaryFolder.make();
  const fonts = join(folder.path, "fonts");
  const boxes = allBoxes();
  const capitals = Object.fromEntries(
    characters.map((character) => [character, boxes[character.toUpperCase()]]),
  );
  await writeFace(fonts, "capitals", capitals);
  await writeFace(fonts, "whole", boxes);
  const drawn = await drawFonts(fonts, join(folder.path, "set"), {
    families: ["capitals", "whole"],
    imageSize: 64,
  });
  assert.deepEqual(drawn.leftOut.familiesWithoutLowerCase, ["capitals"]);
  assert.ok(drawn.images.every(({ family }) => family === "whole"));
  assert.equal(drawn.images.length, 62);
});

Deno.test("drawFonts() makes smaller images as an image pack would", async () => {
  await using folder = await TemporaryFolder.make();
  const fonts = join(folder.path, "fonts");
  await writeFace(fonts, "one", { ...allBoxes() });
  const place = "images/one/400-normal/small-g.png";
  for (const size of [64, 32]) {
    await drawFonts(fonts, join(folder.path, `${size}`), { families: ["one"], imageSize: size });
  }
  const read = async (size: number) =>
    await sharp(join(folder.path, `${size}`, place)).toColourspace("b-w").raw().toBuffer();
  const [large, small] = [await read(64), await read(32)];
  assert.equal(small.length, 32 * 32);
  // Bilinear at half the size: a triangle of four pixels, weights 1 3 3 1 (of 8) along each side.
  const weights = [1, 3, 3, 1];
  for (let y = 1; y < 31; y++) {
    for (let x = 1; x < 31; x++) {
      let sum = 0;
      weights.forEach((down, i) =>
        weights.forEach((across, j) =>
          sum += down * across * large[(2 * y - 1 + i) * 64 + 2 * x - 1 + j]
        )
      );
      assert.ok(Math.abs(sum / 64 - small[y * 32 + x]) <= 1.01);
    }
  }
});
