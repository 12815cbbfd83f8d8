import assert from "node:assert/strict";
import { CsnError, messageOf } from "../../../src/base/errors.ts";
import { basename } from "../../../src/files/paths.ts";
import type { Input, Parser } from "./parser.ts";

/** Longest error that is still one clear line. */
const mostLetters = 4000;

/** What a JavaScript engine says of code that met what it did not expect. */
const internal =
  /Cannot (?:(?:read|set) propert|convert|destructure|use 'in')|is not (?:a function|iterable|defined|a constructor)|of undefined|of null|call stack|Invalid (?:array|string|typed)|out of bounds|must be of type/;

/** Parses an input and throws an error that says why the answer is wrong, if it is. */
export async function judge<Right>(
  { name, read, verify, namesNoFile = false }: Parser<Right>,
  input: Input<Right>,
  file: string,
): Promise<void> {
  const { bytes, right } = input;
  let result: Right;
  try {
    result = await read(file, input);
  } catch (error) {
    if (!(error instanceof CsnError)) {
      const stack = error instanceof Error ? error.stack : String(error);
      throw new Error(`${name} fails unexpectedly: ${stack}`);
    }
    const { message } = error;
    if (right !== undefined) throw new Error(`${name} refuses what is right: ${message}`);
    // In parentheses stands what a library said, after csn's own words for it.
    if (internal.test(message.replace(/\(.*\)/s, ""))) {
      throw new Error(`${name} does not explain: ${error.stack}`);
    }
    if (/[\r\n]/.test(message)) throw new Error(`${name} says more than a line: ${message}`);
    if (message.length > mostLetters) {
      throw new Error(`${name} says ${message.length} letters: ${message.slice(0, 200)}`);
    }
    if (!namesNoFile && !message.includes(basename(file))) {
      throw new Error(`${name} does not name the file: ${message}`);
    }
    return;
  }
  try {
    if (right === undefined) verify?.(result, bytes);
    else assert.deepEqual(result, right);
  } catch (error) {
    throw new Error(`${name} comes to a wrong result: ${messageOf(error)}`);
  }
}
