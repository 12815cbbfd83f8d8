/** Columns that answer to other names, too, which are not listed. */
export class NamedColumns extends Map<string, readonly (readonly string[])[]> {
  /** What they are listed as, by another name. */
  readonly #others: ReadonlyMap<string, string>;

  /** Without columns yet. `others`: what a column is listed as, by another name of it. */
  constructor(others: ReadonlyMap<string, string>) {
    super();
    this.#others = others;
  }

  /** [image]: its values; undefined where no column is called so. */
  override get(name: string): readonly (readonly string[])[] | undefined {
    return super.get(name) ?? super.get(this.#others.get(name) ?? name);
  }
}
