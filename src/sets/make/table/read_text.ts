import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { CsnError, messageOf, shown, UsageError } from "../../../base/errors.ts";

/** Byte order marks and the encodings that they mean. */
const marks: readonly [bytes: readonly number[], encoding: string][] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Bytes that are looked at before a text is read. */
const headLength = 65_536;

/** Characters that an error shows at each side of one that is wrong. */
const shownCharacters = 20;

/** A text file's encoding and its beginning. */
export interface TextHead {
  readonly encoding: string;
  readonly text: string;
  /** Whether `text` is the whole file. */
  readonly isWhole: boolean;
}

/**
 * Looks at the beginning of a text file. Its encoding is the given one, else what its byte order
 * mark says, else UTF-8. Throws a CsnError for a file that is no text, and for an encoding that is
 * not known.
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
      `Cannot read ${file} as text: it holds zero bytes; if it is UTF-16 without a byte order mark, save it as UTF-8 or pass \`encoding: "utf-16le"\``,
    );
  }
  return { encoding, text, isWhole: length < headLength };
}

/**
 * The pieces of a text file, without its byte order mark. Throws a CsnError that names the line of
 * bytes which fit no character.
 */
export async function* readText(file: string, encoding: string): AsyncGenerator<string> {
  const decoder = decoderOf(encoding, true);
  const source = createReadStream(file);
  try {
    for await (const piece of source) yield decoder.decode(piece, { stream: true });
    const rest = decoder.decode();
    if (rest !== "") yield rest;
  } catch (error) {
    if (error instanceof TypeError) throw await wrongBytes(file, encoding);
    throw new CsnError(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    source.destroy();
  }
}

/** The error for bytes that fit no character: it names the first line that has some. */
async function wrongBytes(file: string, encoding: string): Promise<CsnError> {
  const name = encoding.toUpperCase();
  const advice = encoding === "utf-8"
    ? 'save the table as UTF-8, or name its encoding, such as `encoding: "windows-1252"` for a CSV from Excel'
    : "name the table's encoding with `encoding`";
  // Line by line: a line end is no part of another character, but for UTF-16.
  const lines = encoding.startsWith("utf-16")
    ? []
    : createInterface({ input: createReadStream(file, "latin1"), crlfDelay: Infinity });
  let place = 0;
  for await (const line of lines) {
    place++;
    const text = new TextDecoder(encoding).decode(
      Uint8Array.from(line, (unit) => unit.charCodeAt(0)),
    );
    const at = text.indexOf("\ufffd");
    if (at === -1) continue;
    const part = text.slice(Math.max(0, at - shownCharacters), at + shownCharacters);
    return new CsnError(`${file}:${place}: ${shown(part)} is no ${name}; ${advice}`);
  }
  return new CsnError(`Cannot read ${file}: it is no ${name}; ${advice}`);
}

function decoderOf(encoding: string, fatal = false): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal });
  } catch {
    throw new UsageError(
      `Cannot use \`encoding: "${encoding}"\`: it must be one such as utf-8, utf-16le, windows-1252 or shift_jis`,
    );
  }
}
