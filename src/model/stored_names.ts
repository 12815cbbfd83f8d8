/** The names in a file of embeddings: a JSON list in its texts, or bytes that can be mapped. */
import { messageOf, shown } from "../base/errors.ts";
import type { StoredTensor } from "../tensor/safetensors.ts";
import { unreadable } from "./unreadable_embeddings.ts";

/**
 * Names of more letters than this in all are written as tensors, which need not be read whole: the
 * format's header ends at 100 MB.
 */
export const mostListedLetters = 16_000_000;

/** How names are written. */
export interface StoredNames {
  /** For the file's metadata. */
  readonly text: string;
  /** `names`, UTF-8 one behind the other, and `name_ends`, where each ends; none for few names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** How `names` are written. */
export function storedNames(
  names: readonly string[],
  mostLetters = mostListedLetters,
): StoredNames {
  const letters = names.reduce((sum, name) => sum + name.length, 0);
  // JSON alone holds what is no text in UTF-8.
  if (letters <= mostLetters || !names.every((name) => name.isWellFormed())) {
    return { text: JSON.stringify(names), tensors: new Map() };
  }
  const encoder = new TextEncoder();
  const ends = new Float64Array(names.length);
  let all = new Uint8Array(2 * letters);
  let at = 0;
  names.forEach((name, row) => {
    const bytes = encoder.encode(name);
    if (at + bytes.length > all.length) all = grown(all, at + bytes.length);
    all.set(bytes, at);
    ends[row] = at += bytes.length;
  });
  return {
    text: "[]",
    tensors: new Map<string, StoredTensor>([
      ["names", { dtype: "uint8", shape: [at], bytes: all.subarray(0, at) }],
      ["name_ends", { dtype: "float64", shape: [ends.length], bytes: new Uint8Array(ends.buffer) }],
    ]),
  };
}

/** All names of a file, which were read whole. */
export function namesOf(
  path: string,
  text: string,
  tensors: ReadonlyMap<string, StoredTensor>,
): string[] {
  const [bytes, ends] = [tensors.get("names"), tensors.get("name_ends")];
  if (bytes === undefined || ends === undefined) return textsOf(path, "names", text);
  const places = new Float64Array(ends.bytes.slice().buffer);
  const decoder = new TextDecoder();
  return Array.from(
    places,
    (end, row) => decoder.decode(bytes.bytes.subarray(row === 0 ? 0 : places[row - 1], end)),
  );
}

/** A JSON list of texts; `what` they are, for messages. */
export function textsOf(path: string, what: string, text: string): string[] {
  let texts: unknown;
  try {
    texts = JSON.parse(text);
  } catch (error) {
    throw unreadable(path, `their ${what} are no JSON (${messageOf(error)})`, error);
  }
  if (Array.isArray(texts) && texts.every((each) => typeof each === "string")) return texts;
  throw unreadable(path, `their ${what} are ${shown(texts)}, not a list of texts`);
}

function grown(bytes: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(Math.max(2 * bytes.length, least));
  more.set(bytes);
  return more;
}
