/** The parameters of a statement that is put together: values go by them, never into its text. */
export class Parameters {
  readonly #values: unknown[] = [];

  /** Their values in order. */
  get values(): readonly unknown[] {
    return this.#values;
  }

  /** Takes a value; returns the place of it for the text: "$1". */
  add(value: unknown): string {
    this.#values.push(value);
    return `$${this.#values.length}`;
  }
}
