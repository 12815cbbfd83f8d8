/**
 * Embeddings in PostgreSQL with pgvector: written by `indexTable`, searched by `SearchedTable` as
 * in a file, and by SQL alone with the functions csn_nearest and csn_distance.
 *
 * @module
 */
export { type IndexOptions, type IndexSummary, indexTable } from "./index_table.ts";
export type { Changes } from "./version_writer.ts";
export type { IndexedImages } from "./indexed_rows.ts";
export { SearchedTable, type TablePlace, type TableSearch } from "./searched_table.ts";
