/** A list that people write on while it is open, as others do. */
interface OpenList {
  /** Reads what others have written since. */
  reload(): Promise<unknown>;
}

/** Lists of which each notion has its own, opened when they are asked for first. */
export class ListsByNotion<List extends OpenList> {
  readonly #lists = new Map<string, Promise<List>>();
  readonly #open: (notion: string) => Promise<List>;

  /** Lists that `open` opens. */
  constructor(open: (notion: string) => Promise<List>) {
    this.#open = open;
  }

  /** The list of a notion, as it is now. Throws as `open` and `reload`. */
  async of(notion: string): Promise<List> {
    const opening = this.#lists.getOrInsertComputed(notion, () => this.#open(notion));
    try {
      const list = await opening;
      await list.reload();
      return list;
    } catch (error) {
      // Mended, it is opened anew.
      this.#lists.delete(notion);
      throw error;
    }
  }
}
