import { CsnError, messageOf, shown, UsageError } from "../base/errors.ts";
import { appendLines, type GrowingFile } from "../files/append_line.ts";
import { csvLine } from "../files/csv_line.ts";
import { nameClash } from "../sets/notion_names.ts";
import { givenColumns, StandingValues } from "../sets/given_values.ts";
import { isNotionName } from "../sets/set_file.ts";

/** What values are about. */
export interface ValuesOptions {
  /** The notion that they are values of. */
  readonly notion: string;
  /** The names of the images, by the numbers that values have: `embeddings.names`. */
  readonly names: readonly string[];
}

/** A value that a person gave to an image. */
export interface GivenValue {
  /** The row of its embedding. */
  readonly image: number;
  /** Never "". */
  readonly value: string;
  /** Who gave it. */
  readonly by: string;
  /** When, as an ISO text in UTC. */
  readonly at: string;
}

/** Images that a person gives one value, all at once. */
export interface GiveOptions {
  /** Rows of their embeddings. */
  readonly images: readonly number[];
  /** The value; "" takes back what this person gave them. */
  readonly value: string;
  /** Who gives it. */
  readonly by: string;
  /** When. @default {now} */
  readonly at?: Date;
}

/** The cells of lines, a list each; null where one of them is no row. */
type ReadLines = (lines: readonly string[]) => readonly (readonly string[])[] | null;

/**
 * Values that people give to images, in a table that only grows: a row an image and time,
 * `file,<notion>,given_by,given_at`, which `add-notion --values`, spreadsheets and pandas read as it
 * is. Of several rows of an image and person the last one counts, and one without a value takes back
 * what that person gave; of several people's the last.
 *
 * A value counts once `give` has resolved: its row was then written and flushed to the disk. Any
 * number of processes may give values at once, and may be killed at any moment: a row that was not
 * finished is taken away by the next one, and those before it stay.
 *
 * @example Give values and teach
 * ```ts
 * import { embedFolder, Model, start } from "@csn/csn";
 * import { fitValues, valuesAttribute, ValuesFile } from "@csn/csn/teach";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await embedFolder(model, "photos");
 * const file = await ValuesFile.open("heel.csv", { notion: "heel", names: images.names });
 * await file.give({ images: [0, 3], value: "flat", by: "Ann" });
 * const attribute = valuesAttribute(file.values, images.names.length);
 * if (file.values.length >= 30) console.log(fitValues(images, attribute).verdict);
 * ```
 */
export class ValuesFile {
  /** Where it lies. */
  readonly path: string;
  /** The notion that they are values of. */
  readonly notion: string;
  readonly #names: readonly string[];
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #readLines: ReadLines;
  #text = "";
  /** All rows. */
  #given: readonly GivenValue[] = [];
  /** The rows that stand. */
  #standing = new StandingValues<number, number>();

  private constructor(path: string, { notion, names }: ValuesOptions, readLines: ReadLines) {
    this.path = path;
    this.notion = notion;
    this.#names = names;
    this.#rowOf = new Map(names.map((name, row) => [name, row]));
    this.#readLines = readLines;
  }

  /**
   * Opens a file of values, or begins one with the first value. Throws a CsnError for a file that
   * is none of this notion's, or is about images that are not among the names; a UsageError for a
   * name that no such notion can have.
   */
  static async open(path: string, options: ValuesOptions): Promise<ValuesFile> {
    const { notion } = options;
    const failing = `Cannot collect values of ${shown(notion)}`;
    if (!isNotionName(notion)) {
      throw new UsageError(
        `${failing}: the name of a notion has letters, digits, "_", "-" and "."; choose such a name`,
      );
    }
    const columns = givenColumns(notion);
    const clash = nameClash([notion]) ??
      (new Set(columns).size < columns.length
        ? `the list has a column of that name (${columns.join(", ")})`
        : null);
    if (clash !== null) throw new UsageError(`${failing}: ${clash}; choose another name`);
    // Loaded when there is such a file to read.
    const { parse } = await import("csv-parse/sync");
    const file = new ValuesFile(path, options, (lines) => {
      try {
        const rows = parse(lines.join("\n"), { trim: true, relax_column_count: true });
        return rows.length === lines.length ? rows : null;
      } catch {
        return null;
      }
    });
    await file.reload();
    return file;
  }

  /** The value of each image that has one, in the order in which images were first given one. */
  get values(): readonly GivenValue[] {
    return [...this.#standing.counting()].map(([, row]) => this.#given[row]);
  }

  /** Every person's value of each image, the earliest first; people may differ. */
  get standing(): readonly GivenValue[] {
    return [...this.#standing.standing()].map(([, row]) => row).sort((a, b) => a - b)
      .map((row) => this.#given[row]);
  }

  /** The different values that images have, in the order in which each was ever given first. */
  get distinct(): readonly string[] {
    const standing = new Set(this.values.map(({ value }) => value));
    return [...new Set(this.#given.map(({ value }) => value))]
      .filter((value) => standing.has(value));
  }

  /** Reads the file again: others may have given values. */
  async reload(): Promise<void> {
    const text = await textOf(this.path);
    if (text === this.#text) return;
    this.#given = this.#parse(text);
    this.#standing = new StandingValues();
    this.#given.forEach((given, row) => this.#standing.add(given.image, given, row));
    this.#text = text;
  }

  /**
   * Writes a value of some images to the file's end and flushes it to the disk; only then it counts,
   * of all of them. The same again, because a reply was lost, is written once. Throws a UsageError
   * for images that are not there, and a CsnError when it cannot be written; the file is then as it
   * was.
   */
  async give({ images, value, by, at = new Date() }: GiveOptions): Promise<void> {
    const failing = "Cannot take the value";
    const [cell, person, time] = [value.trim(), by.trim(), at.toISOString()];
    if (person === "") throw new UsageError(`${failing}: nobody gives it; name who with \`by\``);
    for (const text of [cell, person]) {
      if (!/\p{Cc}/u.test(text)) continue;
      throw new UsageError(
        `${failing}: ${shown(text)} holds a line end or another control character; leave it out`,
      );
    }
    await this.reload();
    const lines = [...new Set(images)].flatMap((image) => {
      const given = { image, value: cell, by: person, at: time };
      return this.#isThere(given) ? [] : [this.#line(given, failing)];
    });
    if (lines.length > 0) await appendLines(this.path, lines, this.#growing);
    await this.reload();
  }

  /** Whether nothing would change: it stands there, or what is taken back is not there. */
  #isThere({ image, value, by, at }: GivenValue): boolean {
    const row = this.#standing.of(image, by);
    if (row === undefined || value === "") return (row === undefined) === (value === "");
    return this.#given[row].value === value && this.#given[row].at === at;
  }

  #line({ image, value, by, at }: GivenValue, failing: string): string {
    const name = this.#names[image];
    if (name === undefined) {
      throw new UsageError(
        `${failing}: it is of image ${image}, and there are ${this.#names.length}; give values to rows of the embeddings`,
      );
    }
    if (/[\r\n]/.test(name)) {
      throw new UsageError(
        `${failing} of ${shown(name)}: its name holds a line end; rename the file`,
      );
    }
    return csvLine([name, value, by, at]).trimEnd();
  }

  get #growing(): GrowingFile {
    return {
      head: csvLine([...givenColumns(this.notion)]).trimEnd(),
      what: "a value",
      isWhole: (line) => isGiven(this.#readLines([line])?.[0]),
    };
  }

  /** The rows; a last one that is not finished does not count. */
  #parse(text: string): GivenValue[] {
    const lines = text.split(/\r?\n/);
    lines.pop();
    const { head } = this.#growing;
    if (lines.length === 0 && head.startsWith(text)) return [];
    if (lines[0] !== head) {
      throw new CsnError(
        `Cannot add values of "${this.notion}" to ${this.path}: its first line is not ${head}; choose another file`,
      );
    }
    const rows = lines.slice(1);
    const cells = this.#readLines(rows) ?? rows.map((row) => this.#readLines([row])?.[0]);
    return rows.map((row, at) => this.#givenIn(row, cells[at], at + 2));
  }

  #givenIn(row: string, cells: readonly string[] | undefined, line: number): GivenValue {
    if (!isGiven(cells)) {
      throw new CsnError(
        `${this.path}:${line}: ${
          shown(row)
        } is no value of an image; bring the line back, or remove it`,
      );
    }
    const [name, value, by, at] = cells;
    const image = this.#rowOf.get(name);
    if (image !== undefined) return { image, value, by, at };
    throw new CsnError(
      `Cannot add values to ${this.path}: its line ${line} is about ${
        shown(name)
      }, which is not among these images; use the images that it is about, or another file`,
    );
  }
}

/** An ISO text, as JavaScript writes it: the end of a whole row. */
const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function isGiven(cells: readonly string[] | undefined): cells is readonly string[] {
  return cells?.length === 4 && cells[0] !== "" && cells[2] !== "" && isTime.test(cells[3]);
}

/** The text of a file; "" where there is none. */
async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw new CsnError(`Cannot read the values in ${path}: ${messageOf(error)}`, { cause: error });
  }
}
