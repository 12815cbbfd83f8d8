import type { Cell } from "../table/table.ts";
import { usualMissing } from "../table/unknown_text.ts";
import type { ValueCount } from "./value_count.ts";
import { isNumber, plainSpelling } from "./number_text.ts";

/** Recognises texts that say that nothing is known, and counts them by spelling. */
export class Missing {
  readonly #spellings: ReadonlySet<string>;
  /** Whether one of them is a number, which cells may spell otherwise. */
  readonly #haveNumbers: boolean;
  readonly #kept: ReadonlySet<string>;
  readonly #found = new Map<string, number>();

  /** `spellings` replace the usual ones; a value in `kept` is never missing. */
  constructor(
    spellings: readonly (string | number)[] = usualMissing,
    kept: readonly string[] = [],
  ) {
    this.#spellings = new Set(spellings.map((spelling) => plainSpelling(String(spelling).trim())));
    this.#haveNumbers = [...this.#spellings].some(isNumber);
    this.#kept = new Set(kept);
  }

  /** Whether a text says that nothing is known; blanks alone always do. */
  has(text: string): boolean {
    if (this.#kept.has(text)) return false;
    const trimmed = text.trim();
    return trimmed === "" ||
      this.#spellings.has(this.#haveNumbers ? plainSpelling(trimmed) : trimmed);
  }

  /** The cell with "" for what is not known, or without it in a list. Counted once a cell. */
  clean(cell: Cell): Cell {
    if (typeof cell === "string") {
      if (!this.has(cell)) return cell;
      this.#count(cell.trim());
      return "";
    }
    const values = cell.filter((text) => !this.has(text));
    if (values.length === 0) this.#count(cell.find((text) => text.trim() !== "")?.trim() ?? "");
    return values.length === cell.length ? cell : values;
  }

  /** Cells that are not known by their spelling, most first; "" for the empty ones. */
  get found(): ValueCount[] {
    return [...this.#found].map(([value, images]) => ({ value, images }))
      .sort((a, b) => b.images - a.images || (a.value < b.value ? -1 : 1));
  }

  #count(spelling: string): void {
    this.#found.set(spelling, (this.#found.get(spelling) ?? 0) + 1);
  }
}
