import { CsnError } from "../../base/errors.ts";

/** What is found while a table is read: warnings, and guesses that the user should decide on. */
export class Remarks {
  readonly #warnings: string[] = [];
  readonly #doubts: string[] = [];

  /** Something that may be wrong; the set is made anyway. */
  warn(text: string): void {
    this.#warnings.push(text);
  }

  /**
   * A guess that may well be wrong: what was found, what is guessed, and the option or rule that
   * decides. The set is made only when the user accepts guesses.
   */
  doubt(text: string): void {
    this.#doubts.push(text);
  }

  /** Warnings without the doubts. */
  get certain(): readonly string[] {
    return [...this.#warnings];
  }

  /** All of them, in the order found; doubts that were accepted last. */
  get warnings(): readonly string[] {
    return [...this.#warnings, ...this.#doubts];
  }

  /** Throws a CsnError that names every doubt, unless guesses are accepted. */
  settle(attempted: string, acceptGuesses: boolean): void {
    if (acceptGuesses || this.#doubts.length === 0) return;
    const [only] = this.#doubts;
    const found = this.#doubts.length === 1
      ? only
      : this.#doubts.map((doubt, at) => `\n  ${at + 1}. ${doubt}`).join("");
    throw new CsnError(
      `${attempted}: ${found}\npass \`acceptGuesses: true\` to take it as guessed`,
    );
  }
}
