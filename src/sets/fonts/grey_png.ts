import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

const signature = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A PNG file of a square grey picture, [size, size] with 0 for black (PNG specification, ISO/IEC
 * 15948). The same picture always gives the same bytes: there is no time, no text and one filter.
 */
export function greyPng(pixels: Uint8Array, size: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 0, 0, 0, 0], 8); // eight bits, grey, deflate, filtered by row, not interlaced
  // Each row begins with its filter; 0 leaves it as it is, which suits flat ink on flat paper.
  const rows = new Uint8Array(size * (size + 1));
  for (let row = 0; row < size; row++) {
    rows.set(pixels.subarray(row * size, (row + 1) * size), row * (size + 1) + 1);
  }
  const data = deflateSync(rows, { level: 9 });
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** Length, type, data and the checksum of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const typeAndData = Buffer.concat([Buffer.from(type, "ascii"), data]);
  const result = Buffer.alloc(typeAndData.length + 8);
  result.writeUInt32BE(data.length, 0);
  result.set(typeAndData, 4);
  result.writeUInt32BE(crc32(typeAndData), typeAndData.length + 4);
  return result;
}
