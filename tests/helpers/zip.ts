/** Writes zip archives for tests, right ones and wrong ones (PKWARE's APPNOTE, section 4.3). */
import { Buffer } from "node:buffer";
import { crc32, deflateRawSync } from "node:zlib";

/** A file or folder of an archive; what is left out is stated truly. */
export interface ZipEntry {
  /** Stands in the archive as it is; a folder ends with "/". */
  readonly name: string;
  readonly data?: string | Uint8Array;
  /** Unix mode with the file's type, such as 0o120777 for a symbolic link. */
  readonly mode?: number;
  readonly deflate?: boolean;
  readonly statedSize?: number;
  readonly statedCrc?: number;
  readonly encrypted?: boolean;
}

const unix = 3 << 8;

/** The bytes of an archive. */
export function zip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const raw = typeof entry.data === "string"
      ? Buffer.from(entry.data)
      : entry.data ?? Buffer.alloc(0);
    const stored = entry.deflate ? deflateRawSync(raw) : Buffer.from(raw);
    const common = Buffer.alloc(26); // from "version needed" to "extra field length"
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.encrypted ? 0x801 : 0x800, 2); // names are UTF-8
    common.writeUInt16LE(entry.deflate ? 8 : 0, 4);
    common.writeUInt32LE(entry.statedCrc ?? crc32(raw), 10);
    common.writeUInt32LE(stored.length, 14);
    common.writeUInt32LE(entry.statedSize ?? raw.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([signature(0x04034b50), common, name, stored]);
    const rest = Buffer.alloc(14); // comment length, disk, attributes, offset
    rest.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const made = Buffer.alloc(2);
    made.writeUInt16LE(unix | 20, 0);
    directory.push(Buffer.concat([signature(0x02014b50), made, common, rest, name]));
    parts.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return new Uint8Array(Buffer.concat([...parts, ...directory, signature(0x06054b50), end]));
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
