import { CsnError, shown } from "../base/errors.ts";
import { sha256 } from "../files/sha256.ts";
import type { Embeddings } from "../search/embeddings.ts";
import type { ValueColumns } from "../search/where.ts";
import { copyRow, int32, jsonField, textField, vectorField } from "./copy_rows.ts";

/** What is written to a table. */
export interface IndexedImages {
  /** Names and embeddings; rows that hold NaN are images that cannot be found. */
  readonly embeddings: Embeddings;
  /** What is known of each image, to search only among some. @default {nothing} */
  readonly columns?: ValueColumns;
}

/** Rows of a table to be written, in the form of COPY. */
export class IndexedRows {
  /** How many there are. */
  readonly count: number;
  readonly #images: IndexedImages;
  readonly #first: number;
  readonly #contents: readonly string[];

  /** The rows from number `first` up to `end`. */
  constructor(images: IndexedImages, first: number, end: number) {
    this.#images = images;
    this.#first = first;
    this.count = end - first;
    this.#contents = Array.from({ length: this.count }, (_, i) => {
      const vector = this.#vector(first + i);
      const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
      return sha256(`${sha256(bytes)} ${JSON.stringify(this.#attributes(first + i))}`);
    });
  }

  /** Position, name and content of every row. */
  *listing(): Generator<Uint8Array> {
    for (let i = 0; i < this.count; i++) {
      const position = this.#first + i;
      yield copyRow([int32(position), textField(this.#name(position)), this.#content(position)]);
    }
  }

  /** Name, content, attributes and embedding of the rows at some positions. */
  *rows(positions: readonly number[]): Generator<Uint8Array> {
    for (const position of positions) {
      const vector = this.#vector(position);
      yield copyRow([
        textField(this.#name(position)),
        this.#content(position),
        jsonField(this.#attributes(position)),
        vector.every(Number.isFinite) ? vectorField(vector) : null,
      ]);
    }
  }

  #name(position: number): string {
    return this.#images.embeddings.names[position];
  }

  #content(position: number): Uint8Array {
    return Uint8Array.fromHex(this.#contents[position - this.#first]);
  }

  #vector(position: number): Float32Array {
    const { vectors, dimension } = this.#images.embeddings;
    return vectors.subarray(position * dimension, (position + 1) * dimension);
  }

  #attributes(position: number): Record<string, readonly string[]> {
    const columns = this.#images.columns ?? new Map();
    return Object.fromEntries([...columns].map(([column, cells]) => [column, cells[position]]));
  }
}

/** Refuses what a table cannot hold: names that stand twice, and texts that PostgreSQL has not. */
export function checkImages({ embeddings: { names }, columns = new Map() }: IndexedImages): void {
  const wrong = (what: string) => new CsnError(`Cannot write images to a database: ${what}`);
  const twice = names.length - new Set(names).size;
  if (twice > 0) {
    const seen = new Set<string>();
    const first = names.find((name) => seen.has(name) || !seen.add(name));
    throw wrong(
      `${twice} of the ${names.length} names stand twice, the first is ${
        shown(first)
      }; a name says which image is meant, so each must stand once`,
    );
  }
  const [odd, ...more] = names.filter(isOdd);
  if (odd !== undefined) {
    throw wrong(
      `${
        1 + more.length
      } of the ${names.length} names are texts that PostgreSQL cannot hold (a character of code 0, or half a character), the first is ${
        shown(odd)
      }; rename them`,
    );
  }
  for (const [column, cells] of columns as ValueColumns) {
    const value = [column, ...cells.flat()].find(isOdd);
    if (value === undefined) continue;
    throw wrong(
      `the column ${shown(column)} holds ${
        shown(value)
      }, a text that PostgreSQL cannot hold (a character of code 0, or half a character); mend the table and make the set again`,
    );
  }
}

function isOdd(text: string): boolean {
  return text.includes("\0") || !text.isWellFormed();
}
