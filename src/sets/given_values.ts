/**
 * A list of values that people gave to images: a table `file,<notion>,given_by,given_at` that only
 * grows, so an image may stand in several of its rows.
 */

/** The columns beside that of the values. */
const [file, givenBy, givenAt] = ["file", "given_by", "given_at"] as const;

/** The columns of a list of values by a notion. */
export function givenColumns(notion: string): readonly [string, string, string, string] {
  return [file, notion, givenBy, givenAt];
}

/** Which columns a list of given values has. */
export interface GivenColumns {
  /** That of the images' names. */
  readonly file: string;
  /** That of the values. */
  readonly value: string;
  /** That of who gave them. */
  readonly by: string;
}

/**
 * The columns of a list of given values, also where a program added columns before or behind them;
 * null for another table.
 */
export function findGivenColumns(columns: readonly string[]): GivenColumns | null {
  const at = columns.indexOf(givenBy);
  const isList = at >= 2 && columns[at - 2] === file && columns[at + 1] === givenAt;
  return isList ? { file, value: columns[at - 1], by: givenBy } : null;
}

/**
 * The values that count: of each image and person the last one, unless it is "", which takes back
 * what that person gave; of what several people gave to an image, the last.
 */
export class StandingValues<Image, Given> {
  readonly #byImage = new Map<Image, Map<string, Given>>();

  /** Takes the next row of the list. */
  add(image: Image, { by, value }: { readonly by: string; readonly value: string }, given: Given) {
    const own = this.#byImage.getOrInsertComputed(image, () => new Map<string, Given>());
    own.delete(by);
    if (value !== "") own.set(by, given);
  }

  /** What a person gave an image. */
  of(image: Image, by: string): Given | undefined {
    return this.#byImage.get(image)?.get(by);
  }

  /** What counts of each image that has a value. */
  *counting(): Generator<[image: Image, given: Given]> {
    for (const [image, own] of this.#byImage) {
      const last = [...own.values()].at(-1);
      if (last !== undefined) yield [image, last];
    }
  }

  /** All that was not taken back or given anew. */
  *standing(): Generator<[image: Image, given: Given]> {
    for (const [image, own] of this.#byImage) {
      for (const given of own.values()) yield [image, given];
    }
  }
}
