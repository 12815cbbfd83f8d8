import { DatabaseError } from "../database/database_fault.ts";
import { SearchedTable, type TablePlace } from "../database/searched_table.ts";
import { TableError } from "../database/shard.ts";
import type { Model } from "../model/model.ts";
import type { Query, SearchResult } from "../search/search.ts";
import type { Gallery, GallerySearch } from "./gallery.ts";
import { UnavailableError } from "./unavailable_error.ts";

/** How long a database may take for one statement, in milliseconds. */
const answerMs = 30_000;

/**
 * The images of a table in a database, which `indexTable` wrote. What changes there is found by the
 * next search; a database that is gone for a while is asked again. Closed by `await using`.
 */
export class TableGallery implements Gallery, AsyncDisposable {
  readonly #table: SearchedTable;

  private constructor(table: SearchedTable) {
    this.#table = table;
  }

  /**
   * Connects to a table; throws as `SearchedTable.open`. A database that takes longer than 30 s for
   * one statement counts as gone, unless `answerMs` says otherwise.
   */
  static async open(model: Model, options: TablePlace): Promise<TableGallery> {
    return new TableGallery(await SearchedTable.open(model, { answerMs, ...options }));
  }

  /** How many there are. */
  async count(): Promise<number> {
    return await this.#ask(() => this.#table.count());
  }

  /** See `Gallery`. */
  async columnNames(): Promise<readonly string[] | null> {
    const columns = await this.#ask(() => this.#table.columns());
    return columns.length === 0 ? null : columns;
  }

  /** See `Gallery`. */
  async embedding(name: string): Promise<Float32Array | null> {
    return await this.#ask(() => this.#table.embedding(name));
  }

  /** What conditions mean is known when the table is searched. */
  examine(): void {}

  /** See `Gallery`. */
  async search(query: Query, options: GallerySearch): Promise<SearchResult> {
    return await this.#ask(() => this.#table.search(query, options));
  }

  /** Closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#table[Symbol.asyncDispose]();
  }

  /** What is wrong with a question is said; what is wrong with a database is not for clients. */
  async #ask<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseError || error instanceof TableError)) throw error;
      throw new UnavailableError(
        "The images cannot be searched for now; the service's log says why",
        { cause: error },
      );
    }
  }
}
