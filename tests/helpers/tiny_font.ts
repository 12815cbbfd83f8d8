/** Builds TrueType fonts of rectangles for tests (OpenType 1.9, chapters on the tables named here). */
import { Buffer } from "node:buffer";

/** Width and height of a character's rectangle in thousandths of the font's size. */
export type Box = readonly [width: number, height: number];

/** The bytes of a font in which each character of `boxes` is a black rectangle on the base line. */
export function tinyFont(boxes: Readonly<Record<string, Box>>): Uint8Array {
  const characters = Object.keys(boxes).sort();
  // Glyph 0 stands for all characters that are not there.
  const shapes: Box[] = [[300, 100], ...characters.map((character) => boxes[character])];
  const glyphs = shapes.map(glyph);
  let offset = 0;
  const places = [0, ...glyphs.map(({ length }) => offset += length)];
  const tables: [tag: string, data: Buffer][] = [
    ["cmap", characterMap(characters)],
    ["glyf", Buffer.concat(glyphs)],
    [
      "head",
      words([
        1,
        0,
        1,
        0,
        0,
        0,
        0x5f0f,
        0x3cf5,
        0,
        1000,
        ...zeros(8),
        0,
        0,
        1000,
        1000,
        0,
        8,
        2,
        1,
        0,
      ]),
    ],
    ["hhea", words([1, 0, 800, -200, 0, 1000, ...zeros(11), shapes.length])],
    ["hmtx", words(shapes.flatMap(([width]) => [width + 100, 0]))],
    ["loca", words(places.flatMap((place) => [place >>> 16, place & 0xffff]))],
    ["maxp", words([1, 0, shapes.length, 4, 1, ...zeros(11)])],
  ];
  return font(tables);
}

function zeros(count: number): number[] {
  return new Array(count).fill(0);
}

/** Big-endian 16-bit words. */
function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, place) => bytes.writeUInt16BE(value & 0xffff, 2 * place));
  return bytes;
}

/** One contour of four corners, each given by its distance from the one before. */
function glyph([width, height]: Box): Buffer {
  const outline = words([1, 0, 0, width, height, 3, 0]);
  const flags = Buffer.from([1, 1, 1, 1]);
  return Buffer.concat([
    outline,
    flags,
    words([0, 0, width, 0, 0, height, 0, -height]),
    Buffer.alloc(2),
  ]);
}

/** Format 12: a group for each character. */
function characterMap(characters: readonly string[]): Buffer {
  const table = Buffer.alloc(28 + 12 * characters.length);
  table.set(words([0, 1, 3, 10, 0, 12, 12, 0]), 0);
  table.writeUInt32BE(table.length - 12, 16);
  table.writeUInt32BE(characters.length, 24);
  characters.forEach((character, row) => {
    const code = character.codePointAt(0)!;
    table.writeUInt32BE(code, 28 + 12 * row);
    table.writeUInt32BE(code, 32 + 12 * row);
    table.writeUInt32BE(row + 1, 36 + 12 * row);
  });
  return table;
}

function font(tables: readonly [tag: string, data: Buffer][]): Uint8Array {
  const directory = Buffer.alloc(12 + 16 * tables.length);
  directory.set(words([1, 0, tables.length, 64, 2, 16 * tables.length - 64]), 0);
  let offset = directory.length;
  const padded = tables.map(([tag, data], row) => {
    directory.write(tag, 12 + 16 * row, "ascii");
    directory.writeUInt32BE(offset, 20 + 16 * row);
    directory.writeUInt32BE(data.length, 24 + 16 * row);
    const whole = Buffer.concat([data, Buffer.alloc((4 - data.length % 4) % 4)]);
    offset += whole.length;
    return whole;
  });
  return Buffer.concat([directory, ...padded]);
}
