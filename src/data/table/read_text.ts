import { createReadStream } from "node:fs";
import { CsnError, messageOf, UsageError } from "../../errors.ts";

/** Byte order marks and what they tell. */
const marks: readonly [bytes: readonly number[], encoding: string][] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Bytes that are looked at before a text is read. */
const headLength = 65_536;

/** A text file's encoding and its beginning. */
export interface TextHead {
  readonly encoding: string;
  readonly text: string;
  /** Whether `text` is the whole file. */
  readonly isWhole: boolean;
}

/**
 * Looks at the beginning of a text file. Its encoding is the given one, else what its byte order mark says,
 * else UTF-8. Throws a CsnError for a file that is no text, and for an encoding that is not known.
 */
export async function readHead(file: string, given?: string): Promise<TextHead> {
  using source = await Deno.open(file);
  const bytes = new Uint8Array(headLength);
  let length = 0;
  for (let read: number | null = 0; read !== null && length < headLength; length += read ?? 0) {
    read = await source.read(bytes.subarray(length));
  }
  const head = bytes.subarray(0, length);
  const mark = marks.find(([mark]) => mark.every((byte, at) => head[at] === byte));
  const encoding = given ?? mark?.[1] ?? "utf-8";
  const text = decoderOf(encoding).decode(head, { stream: true });
  if (text.includes("\0")) {
    throw new CsnError(
      `Cannot read ${file} as text: it holds zero bytes; if it is UTF-16 without a byte order mark, save it as UTF-8 or pass --encoding utf-16le`,
    );
  }
  return { encoding, text, isWhole: length < headLength };
}

/** The pieces of a text file, without its byte order mark; bytes that fit no character become U+FFFD. */
export async function* readText(file: string, encoding: string): AsyncGenerator<string> {
  const decoder = decoderOf(encoding);
  const source = createReadStream(file);
  try {
    for await (const piece of source) yield decoder.decode(piece, { stream: true });
    const rest = decoder.decode();
    if (rest !== "") yield rest;
  } catch (error) {
    throw new CsnError(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    source.destroy();
  }
}

/** What to do about a text with bytes that fit no character. */
export function wrongBytes(text: string, encoding: string): string {
  const name = encoding.toUpperCase();
  const advice = encoding === "utf-8"
    ? "save the table as UTF-8, or name its encoding, such as --encoding windows-1252 for a CSV from Excel"
    : "name the table's encoding with --encoding";
  return `"${text}" is no ${name}; ${advice}`;
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw new UsageError(
      `Cannot use --encoding ${encoding}: it must be one such as utf-8, utf-16le, windows-1252 or shift_jis`,
    );
  }
}
