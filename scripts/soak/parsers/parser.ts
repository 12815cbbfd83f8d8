import type fc from "fast-check";

/** What a parser is given. */
export interface Input<Right> {
  /** What its file holds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it must come to, where that is known. */
  readonly right?: Right;
  /** How it is read, of a parser that has options. */
  readonly options?: unknown;
}

/** One of csn's parsers, and how its results are judged. */
export interface Parser<Right = unknown> {
  readonly name: string;
  /** The name of the file that is read. */
  readonly file: string;
  /** Inputs, right ones and spoilt ones. */
  readonly inputs: fc.Arbitrary<Input<Right>>;
  /** Parses a file; a CsnError is an answer, too. */
  read(file: string, input: Input<Right>): Promise<Right>;
  /** Throws when this cannot be what the bytes say. */
  verify?(result: Right, bytes: Uint8Array<ArrayBuffer>): void;
  /** Whether an error of these bytes is one that names no file. @default {false} */
  readonly namesNoFile?: boolean;
}

/** Makes what a parser needs, such as samples or a server; `folder` is its own. */
export type MakeParser = (folder: string) => Parser | Promise<Parser>;

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
